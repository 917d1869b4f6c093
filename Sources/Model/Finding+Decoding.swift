/// A finding as `write(to:)` wrote it: the store keeps them so. Throws what a decoder throws where
/// something else stands.
extension Finding: Decodable {
    private enum Key: String, CodingKey {
        case id, kind, severity, target, plan, experience, audience, segment, since, effect
        case evidence, why, advice
        case seenAt = "seen_at"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) throws -> String { try members.decode(String.self, forKey: key) }
        func instant(_ key: Key) throws -> Instant? {
            guard let text = try members.decodeIfPresent(String.self, forKey: key) else {
                return nil
            }
            if let instant = Instant(rfc3339: text) { return instant }
            throw DecodingError.dataCorruptedError(
                forKey: key, in: members, debugDescription: "not RFC 3339")
        }
        let segment = try members.decode([String: String?].self, forKey: .segment)
        let since = try instant(.since)
        self.init(
            id: try text(.id), kind: try members.decode(FindingKind.self, forKey: .kind),
            severity: try members.decode(Severity.self, forKey: .severity),
            target: try text(.target), plan: try text(.plan),
            experience: try members.decodeIfPresent(String.self, forKey: .experience),
            audience: try members.decodeIfPresent(String.self, forKey: .audience),
            segment: Segment(segment.map { Coordinate(dimension: $0, value: $1) }), since: since,
            seenAt: try instant(.seenAt) ?? since ?? Instant(microseconds: 0),
            effect: try members.decodeIfPresent(Effect.self, forKey: .effect),
            evidence: try members.decodeIfPresent(Evidence.self, forKey: .evidence),
            why: try text(.why), advice: try text(.advice))
    }
}

extension Finding.Effect: Decodable {
    private enum Key: String, CodingKey { case name, value, low, high, unit }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        self.init(
            name: try members.decode(String.self, forKey: .name),
            value: try number(members, .value),
            low: try members.decodeIfPresent(Double.self, forKey: .low),
            high: try members.decodeIfPresent(Double.self, forKey: .high),
            unit: try members.decode(String.self, forKey: .unit))
    }
}

extension Finding.Evidence: Decodable {
    private enum Key: String, CodingKey { case method, value, alpha }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        self.init(
            method: try members.decode(String.self, forKey: .method),
            value: try number(members, .value),
            alpha: try members.decodeIfPresent(Double.self, forKey: .alpha))
    }
}

/// JSON has no infinity: what is beyond every number was written as null.
private func number<Key: CodingKey>(
    _ members: KeyedDecodingContainer<Key>, _ key: Key
) throws -> Double {
    try members.decodeIfPresent(Double.self, forKey: key) ?? .infinity
}
