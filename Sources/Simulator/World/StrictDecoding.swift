import Model

/// Any member's name.
private struct AnyName: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// The members of an object, after making sure that there is none beyond those known.
    func members<Name: CodingKey & CaseIterable>(
        _ names: Name.Type
    ) throws -> KeyedDecodingContainer<Name> {
        let known = Name.allCases.map(\.stringValue)
        let present = try container(keyedBy: AnyName.self)
        for name in present.allKeys where !known.contains(name.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: name, in: present,
                debugDescription:
                    "unknown member; known are \(known.sorted().joined(separator: ", "))")
        }
        return try container(keyedBy: names)
    }
}

extension KeyedDecodingContainer {
    func fault(_ key: Key, _ message: String) -> DecodingError {
        DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: message)
    }

    func instant(_ key: Key) throws -> Instant? {
        guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw fault(key, "a time is RFC 3339, as in 2026-11-24T09:00:00Z, not '\(text)'")
        }
        return instant
    }

    func requiredInstant(_ key: Key) throws -> Instant {
        guard let instant = try instant(key) else { throw fault(key, "it has a time") }
        return instant
    }

    func percent(_ key: Key) throws -> Double? {
        guard let percent = try decodeIfPresent(Double.self, forKey: key) else { return nil }
        guard (0...100).contains(percent) else { throw fault(key, "a percent is 0 … 100") }
        return percent
    }

    /// Whole seconds until a request may be tried again.
    func wait(_ key: Key) throws -> Int? {
        guard let seconds = try decodeIfPresent(Int.self, forKey: key) else { return nil }
        guard (1...86_400).contains(seconds) else { throw fault(key, "a wait is 1 … 86400 s") }
        return seconds
    }

    /// Percent by variation, in the order of the variations' names; they sum to 100.
    func allocation(_ key: Key) throws -> [Share]? {
        guard let shares = try decodeIfPresent([String: Double].self, forKey: key) else {
            return nil
        }
        guard abs(shares.values.reduce(0, +) - 100) < 1e-9, shares.values.allSatisfy({ $0 >= 0 })
        else { throw fault(key, "an allocation sums to 100") }
        return shares.sorted { $0.key < $1.key }.map { Share($0.key, $0.value) }
    }
}

extension WorldError {
    init(_ error: DecodingError, file: String) {
        let (path, message): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context):
                (context.codingPath, "member '\(key.stringValue)' is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context),
                .dataCorrupted(let context):
                (context.codingPath, context.debugDescription)
            @unknown default: ([], "\(error)")
            }
        let place = path.reduce("") { place, key in
            if let index = key.intValue { return place + "[\(index)]" }
            return place.isEmpty ? key.stringValue : place + "." + key.stringValue
        }
        self.init(file: file, place: place, message: message)
    }
}
