import Model
import Planning

extension Reader {
    /// The excludes of a matrix whose axes were read without a fault.
    mutating func excludes(_ value: Value, of matrix: MatrixDefinition) -> [Exclude] {
        let axes = matrix.axes
        guard let items = items(of: value) else { return [] }
        guard items.count <= MatrixDefinition.excludeLimit else {
            fault("lists more than \(MatrixDefinition.excludeLimit) excludes", at: value)
            return []
        }
        return items.compactMap { item in
            guard let named = members(of: item) else { return nil }
            if named.isEmpty { fault("names no dimension", at: item) }
            var values: [String: [String?]] = [:]
            for member in named {
                if let axis = axis(member, in: item, among: axes) {
                    values[member.name] = excluded(member, of: axis)
                }
            }
            return values.count == named.count ? Exclude(values) : nil
        }
    }

    /// The dimension that an exclude names.
    private mutating func axis(
        _ member: Member, in owner: Value, among axes: [String: NamedAxis]
    ) -> NamedAxis? {
        guard let axis = axes[member.name] else {
            faults.add(
                "\(quoted(member.key.written)) is not a dimension of this matrix",
                at: member.place, path: owner.path,
                hint: ownSuggestion(for: member.key.written, among: axes.keys.sorted()))
            return nil
        }
        if axis.isNow {
            fault(
                "an axis that is `now` cannot be excluded from", at: member.value,
                hint: "state the values of \(member.key.written) instead of now")
        }
        return axis.isNow ? nil : axis
    }

    /// One value or a list of them; of hours, ranges too.
    private mutating func excluded(_ member: Member, of axis: NamedAxis) -> [String?]? {
        let items: [Value]
        if case .list(let list) = member.value.content {
            items = list
        } else {
            items = [member.value]
        }
        var values: [String?] = []
        for item in items {
            guard let scalar = scalar(of: item) else { return nil }
            let own = scalar.isNull ? nil : scalar.text
            let hours = member.name == Dimension.hour ? own.flatMap(hoursOfDay) : nil
            let wanted: [String?] = hours.map { $0.map { String($0) } } ?? [own]
            guard wanted.allSatisfy(axis.known.contains) else {
                fault(
                    "\(quoted(scalar.written)) is not a value of \(member.key.written) in this "
                        + "matrix", at: item,
                    hint: ownSuggestion(for: scalar.written, among: axis.values.compactMap { $0 }))
                return nil
            }
            values += wanted
        }
        if values.isEmpty { fault("is an empty list", at: member.value) }
        return values.isEmpty ? nil : values
    }

    mutating func checkSize(of matrix: MatrixDefinition, at value: Value) {
        let contexts = Matrix.contextCount(of: matrix)
        if contexts == 0 {
            fault("its excludes leave no context", at: value)
        } else if contexts.map({ $0 > MatrixDefinition.contextLimit }) ?? true {
            fault(
                "has more than \(MatrixDefinition.contextLimit) contexts", at: value,
                hint: "their number is the product of all axes")
        }
    }
}

extension MatrixDefinition {
    /// A round of more would not end within a lifetime, at any rate.
    static let contextLimit = 1_000_000_000_000
    static let excludeLimit = 256
    /// Values of one dimension.
    static let valueLimit = 1_000
}

/// A dimension as excludes name it.
private struct NamedAxis {
    let isNow: Bool
    /// In the order of the configuration.
    let values: [String?]
    let known: Set<String?>

    init(_ values: [String?], isNow: Bool = false) {
        self.isNow = isNow
        self.values = values
        known = Set(values)
    }

    static let now = NamedAxis([], isNow: true)
}

extension MatrixDefinition {
    /// Its dimensions by name.
    fileprivate var axes: [String: NamedAxis] {
        var axes: [String: NamedAxis] = [:]
        switch days {
        case .days(let days)?: axes[Dimension.day] = NamedAxis(days.map(\.rawValue))
        case .now?: axes[Dimension.day] = .now
        case nil: break
        }
        switch hours {
        case .hours(let hours)?: axes[Dimension.hour] = NamedAxis(hours.map { String($0) })
        case .now?: axes[Dimension.hour] = .now
        case nil: break
        }
        if !devices.isEmpty { axes[Dimension.device] = NamedAxis(devices.map(\.name)) }
        if !geos.isEmpty { axes[Dimension.geo] = NamedAxis(geos.map(\.name)) }
        for axis in attributes { axes[axis.name] = NamedAxis(axis.values) }
        return axes
    }
}
