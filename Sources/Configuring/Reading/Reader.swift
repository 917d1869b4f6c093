import Model

/// Turns values of the file into values of the model and collects every fault on the way.
///
/// Each method that reads returns nil where it told a fault; what it is part of is then left out
/// of the result, and reading goes on with the rest.
struct Reader {
    /// The folder that relative paths start from: the one of the configuration file.
    let folder: String
    var faults: FaultList
    /// Every text that stands in the file as it is. One that the environment put in may be a
    /// secret, and is never suggested.
    private var literals: Set<String> = []

    init(file: String, folder: String) {
        self.folder = folder
        faults = FaultList(file: file)
    }

    mutating func fault(_ message: String, at value: Value, hint: String? = nil) {
        faults.add(message, at: value.place, path: value.path, hint: hint)
    }

    /// Remembers what stands in the file.
    mutating func noteLiterals(of value: Value) {
        switch value.content {
        case .scalar(let scalar):
            if scalar.text == scalar.written { literals.insert(scalar.text) }
        case .list(let items):
            for item in items { noteLiterals(of: item) }
        case .mapping(let members):
            for member in members {
                if member.key.text == member.key.written { literals.insert(member.name) }
                noteLiterals(of: member.value)
            }
        case .unusable: break
        }
    }

    /// What to write instead of an unknown name, among names that the user gave.
    func ownSuggestion(for name: String, among candidates: [String]) -> String? {
        suggestion(
            for: name, among: candidates.prefix(100).filter(literals.contains))
    }

    /// A path as the file means it: relative ones start beside the file.
    func resolved(_ path: String) -> String {
        path.hasPrefix("/") || folder.isEmpty || folder == "." ? path : folder + "/" + path
    }
}

/// The members of a mapping that may hold the keys of one enumeration. A key whose value is null
/// is as good as not written.
struct Members<Key: ConfigurationKey> {
    let owner: Value
    private let values: [Key: Value]

    init(owner: Value, values: [Key: Value]) {
        self.owner = owner
        self.values = values
    }

    subscript(key: Key) -> Value? { values[key] }
}

// MARK: Mappings and lists

extension Reader {
    /// The members of a mapping; a key that is not among `keys` is a fault.
    mutating func members<Key: ConfigurationKey>(
        of value: Value, _ keys: Key.Type
    ) -> Members<Key>? {
        guard let all = members(of: value) else { return nil }
        var values: [Key: Value] = [:]
        for member in all {
            guard let key = Key(rawValue: member.name) else {
                let hint = suggestion(for: member.key.written, among: keys.allCases.map(\.rawValue))
                faults.add(
                    "unknown key \(quoted(member.key.written))", at: member.place,
                    path: value.path, hint: hint)
                continue
            }
            values[key] = member.value.isNull ? nil : member.value
        }
        return Members(owner: value, values: values)
    }

    /// The members of a mapping whose keys are the user's own names.
    mutating func members(of value: Value) -> [Member]? {
        if case .mapping(let members) = value.content { return members }
        return wrongKind(value, "a mapping of keys to values")
    }

    /// The items of a list.
    mutating func items(of value: Value) -> [Value]? {
        if case .list(let items) = value.content { return items }
        return wrongKind(value, "a list")
    }

    /// The items of a list that holds at least one.
    mutating func someItems(of value: Value) -> [Value]? {
        guard let items = items(of: value) else { return nil }
        if items.isEmpty { fault("is an empty list", at: value) }
        return items.isEmpty ? nil : items
    }

    /// The value of a key that must be there.
    mutating func required<Key>(_ key: Key, of members: Members<Key>, hint: String) -> Value? {
        if let value = members[key] { return value }
        fault("\(key.rawValue) is missing", at: members.owner, hint: hint)
        return nil
    }

    /// Tells, once, that an item names what an earlier one named. True: it is new.
    mutating func isNew<Key: Hashable>(
        _ key: Key, at value: Value, called name: String, in seen: inout [Key: Place]
    ) -> Bool {
        if let first = seen[key] {
            fault(
                "\(name) is listed twice, first in line \(first.line), column \(first.column)",
                at: value)
            return false
        }
        seen[key] = value.place
        return true
    }

    func isUnusable(_ value: Value) -> Bool {
        if case .unusable = value.content { true } else { false }
    }

    /// Tells that a value is of the wrong kind, unless a fault was told about it already.
    private mutating func wrongKind<Wanted>(_ value: Value, _ wanted: String) -> Wanted? {
        if !isUnusable(value) {
            fault("must be \(wanted), this is \(value.kind)", at: value)
        }
        return nil
    }
}

// MARK: Scalars

extension Reader {
    /// A single value, null or not.
    mutating func scalar(of value: Value) -> Scalar? {
        if case .scalar(let scalar) = value.content { return scalar }
        return wrongKind(value, "a single value")
    }

    /// A single value that is neither null nor empty, without control characters, and at most
    /// `limit` characters long.
    mutating func text(of value: Value, limit: Int = 1_024) -> Scalar? {
        guard let scalar = scalar(of: value) else { return nil }
        let hasControl = scalar.text.unicodeScalars.contains {
            $0.properties.generalCategory == .control
        }
        if scalar.isNull || scalar.text.isEmpty {
            fault("has no value", at: value)
        } else if hasControl {
            fault("\(quoted(scalar.written)) holds a control character", at: value)
        } else if scalar.text.unicodeScalars.count > limit {
            fault("is longer than \(limit) characters", at: value)
        } else {
            return scalar
        }
        return nil
    }

    /// A value that `parse` understands; else the fault says that it is not `what`.
    mutating func parsed<Result>(
        _ value: Value, as what: String, hint: String? = nil, _ parse: (String) -> Result?
    ) -> Result? {
        guard let scalar = text(of: value) else { return nil }
        if let result = parse(scalar.text) { return result }
        fault("\(quoted(scalar.written)) is not \(what)", at: value, hint: hint)
        return nil
    }

    /// True or false.
    mutating func truth(_ value: Value) -> Bool? {
        let truths = ["true": true, "false": false]
        return parsed(value, as: "true or false") { truths[$0] }
    }

    /// One of the few values that an enumeration has.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: Value, as what: String
    ) -> Choice? where Choice.RawValue == String {
        let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return parsed(value, as: what, hint: "one of: " + all, Choice.init(rawValue:))
    }

    /// A whole number within a range.
    mutating func integer(_ value: Value, in range: ClosedRange<Int>) -> Int? {
        parsed(
            value, as: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in
            wholeNumber(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A span of time, in microseconds.
    mutating func duration(_ value: Value, in range: ClosedRange<Int64>) -> Int64? {
        let hint = "for example 250ms, 5s, 10m, 1h or 7d"
        guard let micros = parsed(value, as: "a duration", hint: hint, durationUs) else {
            return nil
        }
        guard range.contains(micros) else {
            let bounds = [range.lowerBound, range.upperBound].map(durationText)
            fault("must lie between \(bounds[0]) and \(bounds[1])", at: value)
            return nil
        }
        return micros
    }

    mutating func rate(_ value: Value) -> Rate? {
        parsed(value, as: "a rate", hint: "for example 5/s, 600/min or 100/h") { text in
            ratePerSecond(text).map(Rate.init(perSecond:))
        }
    }

    /// A number from 0 to 100.
    mutating func percent(_ value: Value) -> Double? {
        parsed(value, as: "a percentage from 0 to 100") { text in
            decimalNumber(text).flatMap { (0...100).contains($0) ? $0 : nil }
        }
    }

    /// A name that rows, reports and metrics carry.
    mutating func checkName(_ name: Scalar, what: String, at place: Place, path: String) {
        let isName =
            (1...64).contains(name.text.utf8.count) && name.text.first != "-"
            && name.text.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
            }
        if !isName {
            faults.add(
                "\(quoted(name.written)) is no name for \(what)", at: place, path: path,
                hint: "at most 64 of a–z, 0–9, - and _")
        }
    }
}
