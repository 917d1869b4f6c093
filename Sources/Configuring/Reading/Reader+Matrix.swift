import Model
import Planning

/// Members of the API's request body: an attribute of that name would replace one.
private let apiMembers = [
    "identifiers", "experience_key", "DAY_OF_THE_WEEK", "TIME_OF_THE_DAY", "USER_IP_ADDRESS",
    "USER_AGENT",
]

extension Reader {
    /// The matrix of a plan. Axes with faults are left out of it.
    mutating func matrix(_ value: Value) -> MatrixDefinition? {
        guard let source = members(of: value, MatrixKey.self) else { return nil }
        let faultsBefore = faults.count
        var matrix = MatrixDefinition()
        matrix.days = source[.day].flatMap { days($0) }
        matrix.hours = source[.hour].flatMap { hourAxis($0) }
        matrix.devices = source[.device].map { devices($0) } ?? []
        matrix.geos = source[.geo].map { geos($0) } ?? []
        matrix.attributes = source[.attributes].map { attributes($0) } ?? []
        // An exclude of a value whose axis is at fault would be told as unknown too.
        guard faults.count == faultsBefore else { return matrix }
        matrix.excludes = source[.exclude].map { excludes($0, of: matrix) } ?? []
        if faults.count == faultsBefore { checkSize(of: matrix, at: value) }
        return matrix
    }
}

// MARK: Day and hour

extension Reader {
    private mutating func days(_ value: Value) -> DayAxis? {
        if case .scalar(let scalar) = value.content, scalar.text == "now" { return .now }
        return weekdays(value).map { .days($0) }
    }

    private mutating func hourAxis(_ value: Value) -> HourAxis? {
        if case .scalar(let scalar) = value.content, scalar.text == "now" { return .now }
        return hours(value, hint: "0 to 23, a range as 18..22, all or now").map { .hours($0) }
    }
}

// MARK: Device and geo

extension Reader {
    private mutating func devices(_ value: Value) -> [Device] {
        named(value, what: "device", among: Catalogue.devices.map(\.name)) { reader, name, own in
            guard let own else { return Catalogue.device(named: name) }
            return reader.text(of: own).map { Device(name: name, userAgent: $0.text) }
        }
    }

    private mutating func geos(_ value: Value) -> [Geo] {
        named(value, what: "geo", among: Catalogue.geos.map(\.name)) { reader, name, own in
            guard let own else { return Catalogue.geo(named: name) }
            return reader.parsed(own, as: "an IPv4 or IPv6 address") { text in
                isAddress(text) ? Geo(name: name, address: text) : nil
            }
        }
    }

    /// A list whose items are names of the catalogue, or `{name: value}` for the user's own.
    private mutating func named<Item>(
        _ value: Value, what: String, among catalogue: [String],
        _ make: (inout Reader, _ name: String, _ own: Value?) -> Item?
    ) -> [Item] {
        var seen: [String: Place] = [:]
        return (someItems(of: value) ?? []).compactMap { item in
            let name: Scalar
            let own: Value?
            if case .mapping(let members) = item.content {
                guard let only = members.first, members.count == 1 else {
                    fault("must be one name and its value", at: item, hint: "{ name: … }")
                    return nil
                }
                (name, own) = (only.key, only.value)
                checkDimensionValue(name, what: "a \(what)", at: only.place, path: item.path)
            } else {
                guard let text = text(of: item) else { return nil }
                (name, own) = (text, nil)
            }
            guard isNew(name.text, at: item, called: quoted(name.written), in: &seen) else {
                return nil
            }
            if let made = make(&self, name.text, own) { return made }
            if own == nil {
                fault(
                    "\(quoted(name.written)) is not a \(what) of the catalogue", at: item,
                    hint: suggestion(for: name.written, among: catalogue))
            }
            return nil
        }
    }

    private mutating func checkDimensionValue(
        _ name: Scalar, what: String, at place: Place, path: String
    ) {
        let isName =
            (1...64).contains(name.text.utf8.count)
            && name.text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "-_.".unicodeScalars.contains($0))
            }
        if !isName {
            faults.add(
                "\(quoted(name.written)) is no name for \(what)", at: place, path: path,
                hint: "at most 64 of a–z, A–Z, 0–9, - _ .")
        }
    }
}

// MARK: Attributes

extension Reader {
    private mutating func attributes(_ value: Value) -> [AttributeAxis] {
        (members(of: value) ?? []).compactMap { member in
            checkAttributeName(member, in: value)
            guard let items = someItems(of: member.value) else { return nil }
            guard items.count <= MatrixDefinition.valueLimit else {
                fault("lists more than \(MatrixDefinition.valueLimit) values", at: member.value)
                return nil
            }
            var seen: [String?: Place] = [:]
            let values = items.compactMap { item -> String?? in
                guard let value = attributeValue(item) else { return nil }
                let name = value.map { _ in "this value" } ?? "null"
                return isNew(value, at: item, called: name, in: &seen) ? .some(value) : nil
            }
            return AttributeAxis(name: member.name, values: values)
        }
    }

    private mutating func checkAttributeName(_ member: Member, in owner: Value) {
        func tell(_ message: String, hint: String?) {
            faults.add(message, at: member.place, path: owner.path, hint: hint)
        }
        let name = member.name
        if Dimension.builtIn.contains(name) {
            tell(
                "\(quoted(member.key.written)) is a dimension of its own",
                hint: "state it in the matrix, beside attributes")
        } else if apiMembers.contains(where: { $0.lowercased() == name.lowercased() }) {
            tell(
                "\(quoted(member.key.written)) is a member of the API's request",
                hint: "choose the attribute's own name")
        } else if name.isEmpty || name.unicodeScalars.count > 128
            || name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        {
            tell("\(quoted(member.key.written)) is no name for an attribute", hint: nil)
        }
    }

    /// `.some(nil)` for null: the attribute is left out. Nil: a fault was told.
    private mutating func attributeValue(_ value: Value) -> String?? {
        guard let scalar = scalar(of: value) else { return nil }
        if scalar.isNull { return .some(nil) }
        // An empty text is a value that can be sent.
        if scalar.text.isEmpty { return "" }
        return text(of: value).map { $0.text }
    }
}
