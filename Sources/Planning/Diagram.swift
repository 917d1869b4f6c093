import Model

/// A decision diagram over the values of several axes: counts and finds the combinations that no
/// exclude rules out.
struct Diagram: Sendable {
    /// A set of excludes, in ascending order of their numbers.
    private typealias Alive = [Int]

    private struct Key: Hashable {
        let level: Int
        let alive: Alive
    }

    /// What is left below a point of the diagram.
    private struct Node: Sendable {
        /// Combinations of the values up to and with this one: running totals.
        var totals: [Int] = []
        /// The node below each value.
        var children: [Int] = []
    }

    /// Excludes that are entangled with each other may double the diagram each: beyond this it is
    /// given up.
    private static let nodeLimit = 200_000

    private var nodes: [Node] = []
    private var root = 0
    private let levels: Int
    let count: Int

    static let empty = Diagram(levels: 0)

    private init(levels: Int) {
        self.levels = levels
        count = 1
    }

    /// Nil: there are too many combinations to count, or the excludes are too entangled.
    init?(axes: [Axis], excludes: [Exclude]) {
        levels = axes.count
        let rules = excludes.compactMap { Rule($0, axes: axes) }
        var builder = Builder(axes: axes, rules: rules)
        guard let top = builder.node(level: 0, alive: Array(rules.indices)) else { return nil }
        nodes = builder.nodes
        root = top.node
        count = top.count
    }

    /// The value of each axis in the combination of this number.
    func values(at index: Int) -> [Int] {
        var rest = index
        var node = root
        var values: [Int] = []
        values.reserveCapacity(levels)
        for _ in 0..<levels {
            let totals = nodes[node].totals
            let value = firstIndex(in: totals, above: rest)
            if value > 0 { rest -= totals[value - 1] }
            values.append(value)
            node = nodes[node].children[value]
        }
        return values
    }

    /// How many combinations have the given values; nil holds none of that axis.
    func count(holding held: [Int?]) -> Int {
        guard levels > 0 else { return count }
        var known: [Int: Int] = [:]
        func below(_ node: Int, _ level: Int) -> Int {
            if let count = known[node] { return count }
            let totals = nodes[node].totals
            let values = held[level].map { $0...$0 } ?? 0...(totals.count - 1)
            let sum = values.reduce(0) { sum, value in
                let own = totals[value] - (value > 0 ? totals[value - 1] : 0)
                guard own > 0 else { return sum }
                return sum
                    + (level + 1 == levels ? own : below(nodes[node].children[value], level + 1))
            }
            known[node] = sum
            return sum
        }
        return nodes[root].totals.isEmpty ? 0 : below(root, 0)
    }

    /// The first place whose running total is above the number.
    private func firstIndex(in totals: [Int], above number: Int) -> Int {
        var low = 0
        var high = totals.count - 1
        while low < high {
            let middle = (low + high) / 2
            if totals[middle] > number { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// An exclude as numbers: for each axis, the values it names; nil: any.
    private struct Rule {
        let values: [Set<Int>?]

        /// Nil: it names a dimension or a value that is not there, and rules nothing out.
        init?(_ exclude: Exclude, axes: [Axis]) {
            let known = Set(axes.map(\.dimension))
            guard !exclude.values.isEmpty, exclude.values.keys.allSatisfy(known.contains) else {
                return nil
            }
            values = axes.map { axis in
                exclude.values[axis.dimension].map { Set($0.compactMap(axis.index(of:))) }
            }
        }
    }

    private struct Builder {
        let axes: [Axis]
        let rules: [Rule]
        var nodes: [Node] = []
        private var known: [Key: (node: Int, count: Int)] = [:]

        init(axes: [Axis], rules: [Rule]) {
            self.axes = axes
            self.rules = rules
        }

        /// The node for what is left at a level; nil: too many to count.
        mutating func node(level: Int, alive: Alive) -> (node: Int, count: Int)? {
            guard level < axes.count else { return (node: 0, count: alive.isEmpty ? 1 : 0) }
            let key = Key(level: level, alive: alive)
            if let found = known[key] { return found }
            var node = Node()
            var total = 0
            for value in 0..<axes[level].count {
                let left = alive.filter { rules[$0].values[level]?.contains(value) ?? true }
                guard let child = self.node(level: level + 1, alive: left) else { return nil }
                let (sum, overflows) = total.addingReportingOverflow(child.count)
                guard !overflows, sum < 1 << 62 else { return nil }
                total = sum
                node.totals.append(total)
                node.children.append(child.node)
            }
            guard nodes.count < Diagram.nodeLimit else { return nil }
            nodes.append(node)
            let made = (node: nodes.count - 1, count: total)
            known[key] = made
            return made
        }
    }
}
