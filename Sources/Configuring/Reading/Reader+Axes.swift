import Model

/// A dimension as other parts of a plan name it.
struct NamedAxis {
    let isNow: Bool
    /// In the order of the configuration; of an axis that is `now`, all that it may take.
    let values: [String?]
    let known: Set<String?>

    init(_ values: [String?], isNow: Bool = false) {
        self.isNow = isNow
        self.values = values
        known = Set(values)
    }
}

extension MatrixDefinition {
    /// Its dimensions by name.
    var axes: [String: NamedAxis] {
        var axes: [String: NamedAxis] = [:]
        switch days {
        case .days(let days)?: axes[Dimension.day] = NamedAxis(days.map(\.rawValue))
        case .now?:
            axes[Dimension.day] = NamedAxis(Weekday.allCases.map(\.rawValue), isNow: true)
        case nil: break
        }
        switch hours {
        case .hours(let hours)?: axes[Dimension.hour] = NamedAxis(hours.map { String($0) })
        case .now?: axes[Dimension.hour] = NamedAxis((0..<24).map { String($0) }, isNow: true)
        case nil: break
        }
        if !devices.isEmpty { axes[Dimension.device] = NamedAxis(devices.map(\.name)) }
        if !geos.isEmpty { axes[Dimension.geo] = NamedAxis(geos.map(\.name)) }
        for axis in attributes { axes[axis.name] = NamedAxis(axis.values) }
        return axes
    }
}

extension Reader {
    /// The dimension that a key names.
    mutating func axis(
        _ member: Member, in owner: Value, among axes: [String: NamedAxis]
    ) -> NamedAxis? {
        if let axis = axes[member.name] { return axis }
        faults.add(
            noDimension(member.key), at: member.place, path: owner.path,
            hint: ownSuggestion(for: member.key.written, among: axes.keys.sorted()))
        return nil
    }

    func noDimension(_ name: Scalar) -> String {
        "\(quoted(name.written)) is not a dimension of this matrix"
    }

    /// One value of an axis or a list of them; of hours, ranges too. Each must be known;
    /// `coversMore`: of a range, it is enough that one is.
    mutating func values(
        of member: Member, on axis: NamedAxis, coversMore: Bool = false
    ) -> [String?]? {
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
            let isKnown =
                coversMore
                ? wanted.contains(where: axis.known.contains)
                : wanted.allSatisfy(axis.known.contains)
            guard isKnown else {
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
}
