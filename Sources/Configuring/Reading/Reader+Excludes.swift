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
                if let axis = axis(member, in: item, among: axes), isStated(axis, by: member) {
                    values[member.name] = self.values(of: member, on: axis)
                }
            }
            return values.count == named.count ? Exclude(values) : nil
        }
    }

    /// False: the axis takes the value of the moment.
    private mutating func isStated(_ axis: NamedAxis, by member: Member) -> Bool {
        if axis.isNow {
            fault(
                "an axis that is `now` cannot be excluded from", at: member.value,
                hint: "state the values of \(member.key.written) instead of now")
        }
        return !axis.isNow
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
