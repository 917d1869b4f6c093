import Model

/// A fetch's answer, read leniently: unknown members are passed over, missing ones tolerated,
/// ids that came as numbers stay as they were written.
struct FetchAnswer {
    private let served: JSONObject
    /// What the list `failures` tells, by experience. The REST API does not document it.
    private let told: [String: Reason]

    /// Nil: no object, or neither experiences nor failures in it.
    init?(_ document: JSONValue) {
        guard let document = document.object else { return nil }
        told = reasons(in: document["failures"])
        switch document["experiences"] {
        case .object(let experiences): served = experiences
        case .null: served = JSONObject()
        case nil where document["failures"]?.array != nil: served = JSONObject()
        default: return nil
        }
    }

    /// The keys of what was served, in the answer's order.
    var experiences: [String] { Array(served.names.prefix(experienceLimit)) }

    func observation(of experience: String) -> Observation {
        switch served[experience] {
        case nil, .null:
            return unmatched(experience)
        case .object(let object) where isEmpty(object):
            return unmatched(experience)
        case .object(let object):
            do {
                return try observation(of: experience, in: object)
            } catch {
                return malformed(experience)
            }
        default:
            return malformed(experience)
        }
    }

    /// A served experience has a payload and a variation; the rest may be missing.
    private func observation(
        of experience: String, in object: JSONObject
    ) throws(WrongShape) -> Observation {
        guard let payload = object["payload"], case .object = payload,
            let context = object["experience_context"]?.object,
            let variation = try text(context["moe_variation_id"])
        else { throw WrongShape() }
        return Observation(
            experience: experience, outcome: .served, variation: variation,
            audience: try text(context["audience_id"]),
            audienceName: try text(context["audience_name"], cut: true),
            locale: try text(context["moe_locale_id"]), campaign: try text(context["cid"]),
            fingerprint: fingerprint(of: payload), shape: payloadShape(payload),
            payload: payloadMembers(payload))
    }

    private func unmatched(_ experience: String) -> Observation {
        Observation(experience: experience, outcome: .unmatched, reason: told[experience])
    }

    private func malformed(_ experience: String) -> Observation {
        Observation(experience: experience, outcome: .malformed, reason: .wrongShape)
    }
}

/// True where the API served nothing: an empty object, or an empty payload.
private func isEmpty(_ object: JSONObject) -> Bool {
    switch object["payload"] {
    case .object(let payload): payload.members.isEmpty
    case .array(let items): items.isEmpty
    case .null: true
    case nil: object.members.isEmpty
    default: false
    }
}

/// `[{reason, experienceKeys[]}]`, as mobile SDKs know it; anything else tells nothing.
private func reasons(in failures: JSONValue?) -> [String: Reason] {
    var reasons: [String: Reason] = [:]
    for failure in failures?.array ?? [] {
        guard let failure = failure.object, let name = failure["reason"]?.string,
            let keys = failure["experienceKeys"]?.array
        else { continue }
        for key in keys.compactMap(\.string) { reasons[key] = .vendor(name) }
    }
    return reasons
}
