package import Model

/// The shapes of segments that are rolled up for a plan: everyone, each dimension by itself, and
/// the day × hour plane. A shape is a sorted list of dimension names. Full cells are not rolled:
/// they do not compress; deeper questions are answered from rows.
package func rollupShapes(of matrix: MatrixDefinition) -> [[String]] {
    let dimensions = matrix.dimensions.sorted()
    let plane = [Dimension.day, Dimension.hour]
    let hasPlane = plane.allSatisfy(dimensions.contains)
    return [[]] + dimensions.map { [$0] } + (hasPlane ? [plane] : [])
}

/// Folds results into rollups of one window size.
///
/// What a result belongs to and what it is counted by are looked up once each; its segments are
/// numbers then, and each takes a few additions.
package struct Roller: Sendable {
    private let size: WindowSize
    private let shapes: [String: [[String]]]
    private var rollings: [Rolling] = []
    /// Where the last result went: nearly always the next one as well.
    private var last = 0

    /// `shapes` by plan; a plan that is not in it is rolled for everyone alone.
    package init(size: WindowSize = .fiveMinutes, shapes: [String: [[String]]]) {
        self.size = size
        self.shapes = shapes
    }

    package mutating func add(_ result: ResultDigest) {
        if !rollings.indices.contains(last) || !rollings[last].isOf(result) {
            last = rollings.firstIndex { $0.isOf(result) } ?? rollings.endIndex
        }
        if last == rollings.endIndex {
            rollings.append(
                Rolling(
                    target: result.target, plan: result.plan, size: size,
                    shapes: shapes[result.plan] ?? [[]]))
        }
        rollings[last].add(result)
    }

    /// What was folded since the last time, in no particular order. What it has learned of contexts
    /// and answers stays.
    package mutating func take() -> [Rollup] {
        rollings.indices.flatMap { rollings[$0].take() }
    }
}

/// Rollups of shorter windows as rollups of a longer one.
package func merge(_ rollups: [Rollup], into size: WindowSize) -> [Rollup] {
    var merged: [RollupKey: Tally] = [:]
    for rollup in rollups {
        merged[rollup.key.widened(to: size), default: Tally()].merge(rollup.tally)
    }
    return merged.map { Rollup(key: $0.key, tally: $0.value) }
}
