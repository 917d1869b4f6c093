package import Model

/// Targeting as somebody may have made it: audiences of one or two conditions each, the first that
/// holds decides.
package struct RandomTargeting: Sendable {
    /// What is answered in a box of allowed values; a dimension that is not named allows all.
    package var clauses: [(label: String, allowed: [Int: Set<Int>])]
    package var otherwise: String

    private static let sizes = [7, 6, 4, 5, 3]

    package init(clauses: [(label: String, allowed: [Int: Set<Int>])], otherwise: String) {
        self.clauses = clauses
        self.otherwise = otherwise
    }

    /// One to three audiences; nobody else is served, or everybody else.
    package init(using generator: inout some RandomNumberGenerator) {
        clauses = (0..<Int.random(in: 1...3, using: &generator)).map { number in
            var allowed: [Int: Set<Int>] = [:]
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let axis = Int.random(in: 0..<5, using: &generator)
                let first = Int.random(in: 0..<Self.sizes[axis], using: &generator)
                let length = Int.random(in: 1..<Self.sizes[axis], using: &generator)
                allowed[axis] = Set((0..<length).map { (first + $0) % Self.sizes[axis] })
            }
            return ("A\(number)", allowed)
        }
        otherwise = Bool.random(using: &generator) ? "nothing" : "Z"
    }

    package var conditions: Int { clauses.reduce(0) { $0 + $1.allowed.count } }

    /// A share of all contexts, and what is answered there.
    package func cells(
        share: Double, using generator: inout some RandomNumberGenerator
    ) -> [(context: Context, label: String)] {
        var cells: [(context: Context, label: String)] = []
        for number in 0..<Self.sizes.reduce(1, *) {
            var rest = number
            let values = Self.sizes.map { size -> Int in
                defer { rest /= size }
                return rest % size
            }
            guard Double.random(in: 0..<1, using: &generator) < share else { continue }
            let context = Context(
                day: Weekday.allCases[values[0]], hour: values[1], device: String(values[2]),
                geo: String(values[3]),
                attributes: [Attribute(name: "utm_medium", value: String(values[4]))])
            cells.append((context, label(values)))
        }
        return cells
    }

    private func label(_ values: [Int]) -> String {
        clauses.first { $0.allowed.allSatisfy { $1.contains(values[$0]) } }?.label ?? otherwise
    }
}
