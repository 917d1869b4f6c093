import Model
import RealModule
import Statistics

/// How panel subjects got from their former variations to those of an edit.
///
/// Who moved to another audience together is looked at by itself; else all who have the audience,
/// those who stayed among them. A subject counts once.
struct Transition {
    /// Subjects, and how many kept their variation.
    let subjects: Int
    let kept: Int
    /// How many would keep theirs by chance, if all were drawn anew.
    let keptByChance: Double
    let kind: DriftRow.Transition

    /// Nil: too few moved to tell, or the new split explains either way.
    init?(_ flips: [CellChange], in segment: Segment, _ map: [TargetingCell]) {
        guard let (before, after) = Self.mostMoved(flips) else { return nil }
        var pairs: [String: (String, String)] = [:]
        for flip in flips
        where flip.before.audience == before && flip.after.audience == after
            && flip.before.outcome == .served && flip.after.outcome == .served
        {
            pairs[flip.subject] =
                pairs[flip.subject] ?? (flip.before.variation ?? "", flip.after.variation ?? "")
        }
        if before == after {
            let experience = flips.first?.experience
            for cell in map
            where cell.experience == experience && cell.outcome == .served
                && cell.audience == before && segment.contains(cell.context)
            {
                guard let subject = cell.subject, pairs[subject] == nil else { continue }
                pairs[subject] = (cell.variation ?? "", cell.variation ?? "")
            }
        }
        self.init(Array(pairs.values))
    }

    private init?(_ pairs: [(String, String)]) {
        let names = Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
        guard names.count > 1 else { return nil }
        var table = names.map { _ in names.map { _ in 0 } }
        for (before, after) in pairs {
            guard let i = names.firstIndex(of: before), let j = names.firstIndex(of: after) else {
                continue
            }
            table[i][j] += 1
        }
        guard let likelihood = try? transitionLikelihood(table),
            abs(likelihood.lnRatio) >= Self.decisive
        else { return nil }
        subjects = pairs.count
        kept = names.indices.reduce(0) { $0 + table[$1][$1] }
        keptByChance = names.indices.reduce(0.0) { sum, k in
            let before = table[k].reduce(0, +)
            let now = table.reduce(0) { $0 + $1[k] }
            return sum + Double(before) * Double(now) / Double(max(1, pairs.count))
        }
        kind = likelihood.lnRatio > 0 ? .minimalMove : .reshuffle
    }

    /// ln of a ratio that is called strong (Kass, Raftery, JASA 90, 1995: 20 and more).
    private static let decisive = 3.0

    /// Between which audiences most subjects moved; nil: none was served before and after.
    private static func mostMoved(_ flips: [CellChange]) -> (String?, String?)? {
        struct Way: Hashable {
            let before: String?
            let after: String?
        }
        let served = flips.filter { $0.before.outcome == .served && $0.after.outcome == .served }
        let ways = Dictionary(grouping: served) {
            Way(before: $0.before.audience, after: $0.after.audience)
        }.mapValues { Set($0.map(\.subject)).count }
        return ways.max {
            ($0.value, $1.key.before ?? "", $1.key.after ?? "")
                < ($1.value, $0.key.before ?? "", $0.key.after ?? "")
        }.map { ($0.key.before, $0.key.after) }
    }

    var words: String {
        switch kind {
        case .minimalMove:
            "\(kept) of \(subjects) kept their variation, as many as the new split lets (minimal move)"
        case .reshuffle:
            "\(kept) of \(subjects) kept their variation, about \(Int(keptByChance.rounded())) do by"
                + " chance: users were drawn anew (reshuffle)"
        }
    }
}
