import Model

/// The wire of OFREP 0.3.0 (OpenFeature Remote Evaluation Protocol): one flag by itself, several
/// in bulk. Flags are experiences, variants variations; contexts are members of the evaluation
/// context. No `If-None-Match` is sent: the tags of some servers ignore the context.
struct OFREP: Wire {
    static let path = "/ofrep/v1/evaluate/flags"

    private let target: Target
    private let fields: [HeaderField]
    private let bulkHead: RequestHead

    /// `key` nil: the credentials are masked, for people; empty: the server wants none.
    init(target: Target, key: Secret?, userAgent: String) {
        self.target = target
        let token = key.map { $0.reveal() } ?? "<redacted>"
        let credentials =
            token.isEmpty
            ? [] : [HeaderField("Authorization", "Bearer \(token)", isSecret: true)]
        fields =
            credentials + [
                HeaderField("Content-Type", "application/json"),
                HeaderField("User-Agent", userAgent),
            ]
        bulkHead = RequestHead(method: "POST", path: Self.path, target: target, fields: fields)
    }

    func fetchRequest(for probe: Probe) -> Request {
        let body = Self.body(of: probe)
        guard probe.experiences.count == 1 else { return Request(head: bulkHead, body: body) }
        let path = Self.path + "/" + percentEncoded(probe.experiences[0])
        return Request(
            head: RequestHead(method: "POST", path: path, target: target, fields: fields),
            body: body)
    }

    /// The protocol has no list of flags without an evaluation.
    func metadataRequest(statuses: [String]) -> Request? { nil }

    func metadata(in response: Response) -> Verdict<[ExperienceMetadata]> {
        .failed(Failure(.malformed, .wrongShape))
    }

    func observations(in response: Response, of probe: Probe) -> Verdict<[Observation]> {
        if response.status == 404, probe.experiences.count == 1 {
            return unknownFlag(in: response, of: probe.experiences[0])
        }
        if let failure = failure(ofStatus: response.status) { return .failed(failure) }
        return document(in: response).flatMap { document in
            guard let flags = evaluations(in: document, of: probe) else {
                return .failed(Failure(.malformed, .wrongShape))
            }
            let asked =
                probe.experiences.isEmpty
                ? flags.prefix(experienceLimit).compactMap { $0["key"]?.string }
                : probe.experiences
            return .answered(
                asked.map { key in
                    let flag = flags.last { $0["key"]?.string == key }
                    return observation(of: key, in: flag)
                })
        }
    }

    func readings(of response: Response, to probe: Probe) -> [FieldReading] {
        guard case .answered(let document) = document(in: response),
            let flags = evaluations(in: document, of: probe)
        else { return [] }
        let members = [
            ("variant", "variation"), ("reason", "outcome"), ("value", "fingerprint"),
            ("errorCode", "reason"),
        ]
        return flags.prefix(experienceLimit).flatMap { flag in
            let key = flag["key"]?.string ?? "?"
            return members.map { name, field in
                FieldReading(path: "\(key).\(name)", value: flag[name]?.text, field: field)
            } + [
                FieldReading(
                    path: "\(key).metadata.audience",
                    value: flag["metadata"]?.object?["audience"]?.text, field: "audience")
            ]
        }
    }
}

/// Asking.
extension OFREP {
    private static func body(of probe: Probe) -> [UInt8] {
        var json = JSONText()
        json.reserve(512)
        json.object { json in
            json.name("context")
            json.object { json in
                json.member("targetingKey", probe.subject.customerID)
                for identifier in probe.subject.identifiers where identifier.value != nil {
                    json.member(identifier.name, identifier.value)
                }
                let context = probe.context
                if let day = context.day { json.member("day", day.rawValue) }
                if let hour = context.hour { json.member("hour", twoDigits(hour)) }
                if let address = probe.address { json.member("ipAddress", address) }
                if let userAgent = probe.userAgent { json.member("userAgent", userAgent) }
                for attribute in context.attributes where attribute.value != nil {
                    json.member(attribute.name, attribute.value)
                }
            }
        }
        return json.bytes
    }
}

/// Reading.
extension OFREP {
    /// The evaluations of an answer, single or bulk; nil: it has another shape.
    private func evaluations(in document: JSONValue, of probe: Probe) -> [JSONObject]? {
        guard let object = document.object else { return nil }
        guard probe.experiences.count == 1 else {
            return object["flags"]?.array?.compactMap(\.object)
        }
        return object["key"]?.string == nil ? nil : [object]
    }

    /// A flag that a bulk answer leaves out, or that takes the code's default, serves nothing.
    private func observation(of key: String, in flag: JSONObject?) -> Observation {
        guard let flag else { return Observation(experience: key, outcome: .unmatched) }
        if let code = flag["errorCode"]?.string { return refused(key, code) }
        do {
            return try served(key, flag)
        } catch {
            return Observation(experience: key, outcome: .malformed, reason: .wrongShape)
        }
    }

    private func served(_ key: String, _ flag: JSONObject) throws(WrongShape) -> Observation {
        let value = flag["value"]
        var variation = try text(flag["variant"])
        // A switch without variants is its own variation: on or off.
        if variation == nil, case .bool(let flag)? = value { variation = flag ? "true" : "false" }
        guard let variation else { return Observation(experience: key, outcome: .unmatched) }
        let metadata = flag["metadata"]?.object
        return Observation(
            experience: key, outcome: .served, variation: variation,
            audience: try text(metadata?["audience"]),
            audienceName: try text(metadata?["audienceName"], cut: true),
            campaign: try text(metadata?["campaign"]),
            fingerprint: value.map(fingerprint(of:)), shape: value.flatMap(payloadShape),
            payload: value.map(payloadMembers) ?? [])
    }

    /// An unknown flag serves nothing; another error is the flag's own.
    private func refused(_ key: String, _ code: String) -> Observation {
        Observation(
            experience: key, outcome: code == "FLAG_NOT_FOUND" ? .unmatched : .rejected,
            reason: .vendor(code))
    }

    /// 404 is either an unknown flag, which is an answer, or an unknown path.
    private func unknownFlag(in response: Response, of key: String) -> Verdict<[Observation]> {
        guard case .answered(let document) = document(in: response),
            document.object?["errorCode"]?.string == "FLAG_NOT_FOUND"
        else { return .failed(Failure(.rejected, .http(404))) }
        return .answered([refused(key, "FLAG_NOT_FOUND")])
    }
}

/// A key as one segment of a path (RFC 3986 §2.3).
private func percentEncoded(_ key: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var path = ""
    for byte in key.utf8 {
        let scalar = Unicode.Scalar(byte)
        let isPlain =
            scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "-._~".unicodeScalars.contains(scalar))
        path += isPlain ? String(scalar) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
    return path
}
