import Model
import RealModule

/// What an experience answers as a list of clauses, the first that holds decides.
struct TargetingRule: Sendable {
    struct Clause: Sendable {
        let label: Int
        /// Allowed values by axis; nil: any.
        var allowed: [[Int]?]

        var conditions: Int { allowed.count { $0 != nil } }
    }

    let table: TargetingTable
    var clauses: [Clause]
    /// What is answered where no clause holds.
    let otherwise: Int

    var conditions: Int { clauses.reduce(0) { $0 + $1.conditions } }

    /// Cells that the rule does not give the answer of.
    var errors: Int {
        var rest = table.all
        var wrong = 0
        for clause in clauses {
            let held = table.cells(clause.allowed).intersection(rest)
            wrong += held.subtracting(table.answers[clause.label]).count
            rest.subtract(held)
        }
        return wrong + rest.subtracting(table.answers[otherwise]).count
    }

    /// Length of the description in nats: a condition names an axis and a set of its values; errors
    /// are a choice among the cells, ln of N over E (minimum description length: Rissanen 1978).
    fileprivate var length: Double {
        let values = Double(table.axes.reduce(2) { $0 + $1.values.count })
        let errors = Double(errors)
        let choice = errors > 0 ? errors * (.log(Double(table.count) / errors) + 1) : 0
        return Double(conditions) * (.log(values) + 1) + choice
    }
}

extension TargetingTable {
    var all: Bits {
        answers.reduce(into: Bits(count: count)) { $0.formUnion($1) }
    }

    /// The cells in which every axis has an allowed value.
    func cells(_ allowed: [[Int]?]) -> Bits {
        var result = all
        for (axis, values) in allowed.enumerated() {
            guard let values else { continue }
            result.formIntersection(
                values.reduce(into: Bits(count: count)) { $0.formUnion(members[axis][$1]) })
        }
        return result
    }
}

/// The shortest rule that is found: exact on the observed cells where that is shorter than naming
/// its errors. Nil: there is no cell.
///
/// Labels are covered one after the other, in every order of up to four labels, by boxes: products
/// of allowed values. A box grows from a cell, axis by axis, by every value whose slice holds
/// nothing else of what is left (but for a part that may be wrong, where subjects differ). A
/// heuristic: the shortest list is NP-hard to find.
func targetingRule(of table: TargetingTable) -> TargetingRule? {
    guard !table.labels.isEmpty else { return nil }
    var best: TargetingRule?
    for tolerance in [0, 0.05, 0.25, 0.49] {
        for order in labelOrders(of: table) {
            let rule = covered(table, in: order, tolerance: tolerance)
            if best.map({ rule.length < $0.length - 1e-9 }) ?? true { best = rule }
        }
        // Exact, and short: nothing is gained by errors.
        if let best, best.errors == 0, best.conditions <= 8 { break }
    }
    return best
}

/// The most frequent label last: it is what is answered otherwise.
private func labelOrders(of table: TargetingTable) -> [[Int]] {
    let labels = table.labels.indices.sorted { table.answers[$0].count < table.answers[$1].count }
    guard labels.count <= 4 else { return [Array(labels)] }
    func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { place -> [[Int]] in
            var rest = items
            let first = rest.remove(at: place)
            return permutations(rest).map { [first] + $0 }
        }
    }
    return permutations(Array(labels))
}

private func covered(
    _ table: TargetingTable, in order: [Int], tolerance: Double
) -> TargetingRule {
    var rest = table.all
    var clauses: [TargetingRule.Clause] = []
    let worth = 2.0
    for label in order.dropLast() {
        while clauses.count < 24 {
            let wanted = rest.intersection(table.answers[label])
            guard !wanted.isEmpty else { break }
            guard let box = largestBox(table, label, rest, wanted, tolerance) else { break }
            let held = table.cells(box).intersection(rest)
            let right = held.count(in: table.answers[label])
            let gain = Double(2 * right - held.count)
            if tolerance > 0, gain < worth * Double(box.count { $0 != nil }) { break }
            clauses.append(TargetingRule.Clause(label: label, allowed: box))
            rest.subtract(held)
        }
    }
    var rule = TargetingRule(table: table, clauses: clauses, otherwise: order.last ?? 0)
    simplify(&rule)
    return rule
}

private func largestBox(
    _ table: TargetingTable, _ label: Int, _ rest: Bits, _ wanted: Bits, _ tolerance: Double
) -> [[Int]?]? {
    let axes = Array(table.axes.indices)
    var best: (box: [[Int]?], covered: Int, conditions: Int)?
    for seed in wanted.spread(tolerance == 0 ? 6 : 12) {
        for order in [axes, axes.reversed()] {
            let box = grown(table, from: seed, label, rest, order, tolerance)
            let covered = table.cells(box).count(in: wanted)
            let conditions = box.count { $0 != nil }
            let isBetter = best.map {
                (covered, -conditions) > ($0.covered, -$0.conditions)
            }
            if isBetter ?? true { best = (box, covered, conditions) }
        }
    }
    return best?.box
}

/// A box around a cell, widened axis by axis while its slices hold nothing else.
private func grown(
    _ table: TargetingTable, from seed: Int, _ label: Int, _ rest: Bits, _ order: [Int],
    _ tolerance: Double
) -> [[Int]?] {
    var allowed = table.axes.indices.map { [table.values[seed][$0]] as [Int]? }
    func isPure(_ cells: Bits) -> Bool {
        let all = cells.count
        return Double(all - cells.count(in: table.answers[label])) <= tolerance * Double(all)
    }
    // Twice: what was widened later may free what was held before.
    for _ in 0..<2 {
        for axis in order {
            var others = allowed
            others[axis] = nil
            let free = table.cells(others).intersection(rest)
            let values = table.axes[axis].values.indices.filter {
                isPure(free.intersection(table.members[axis][$0]))
            }
            if values.count == table.axes[axis].values.count {
                allowed[axis] = nil
            } else if !values.isEmpty {
                allowed[axis] = values
            }
        }
    }
    return allowed
}

/// Leaves out every clause and condition that changes no answer of an observed cell for the worse.
private func simplify(_ rule: inout TargetingRule) {
    var errors = rule.errors
    var place = 0
    while place < rule.clauses.count {
        var shorter = rule
        shorter.clauses.remove(at: place)
        if shorter.errors <= errors {
            (rule, errors) = (shorter, shorter.errors)
            continue
        }
        for axis in rule.clauses[place].allowed.indices
        where rule.clauses[place].allowed[axis] != nil {
            var looser = rule
            looser.clauses[place].allowed[axis] = nil
            if looser.errors <= errors { (rule, errors) = (looser, looser.errors) }
        }
        place += 1
    }
}
