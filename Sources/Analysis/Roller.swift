package import Model
import Statistics

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
package struct Roller: Sendable {
    private let size: WindowSize
    private let shapes: [String: [[String]]]
    private var tallies: [RollupKey: Tally] = [:]
    /// The segments that a context belongs to, by plan: worked out once a context.
    private var segments: [PlanContext: [Segment]] = [:]

    /// Contexts that are remembered: a huge matrix must not fill the memory.
    private static let contextLimit = 50_000

    private struct PlanContext: Hashable {
        let plan: String
        let context: Context
    }

    /// `shapes` by plan; a plan that is not in it is rolled for everyone alone.
    package init(size: WindowSize = .fiveMinutes, shapes: [String: [[String]]]) {
        self.size = size
        self.shapes = shapes
    }

    package mutating func add(_ result: ProbeResult) {
        let identity = result.probe.identity
        let window = Window(size, containing: result.dueAt)
        for segment in segments(of: result.probe.context, plan: identity.plan) {
            let key = RollupKey(
                target: identity.target, plan: identity.plan, segment: segment, window: window)
            tallies[key, default: Tally()].add(result, allPhases: segment.order == 0)
        }
    }

    /// What was folded so far, in no particular order.
    package func rollups() -> [Rollup] {
        tallies.map { Rollup(key: $0.key, tally: $0.value) }
    }

    private mutating func segments(of context: Context, plan: String) -> [Segment] {
        let key = PlanContext(plan: plan, context: context)
        if let known = segments[key] { return known }
        let coordinates = context.coordinates
        let all = (shapes[plan] ?? [[]]).compactMap { shape -> Segment? in
            let held = coordinates.filter { shape.contains($0.dimension) }
            return held.count == shape.count ? Segment(held) : nil
        }
        if segments.count >= Self.contextLimit { segments.removeAll(keepingCapacity: true) }
        segments[key] = all
        return all
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

extension Tally {
    /// Adds one result. Failures enter no sketch of the answered; what came during maintenance
    /// is only counted.
    package mutating func add(_ result: ProbeResult, allPhases: Bool) {
        lastAt = max(lastAt ?? result.dueAt, result.dueAt)
        guard !result.isMaintenance else {
            maintenance += 1
            return
        }
        if let failure = result.failure {
            failures[failure, default: 0] += 1
            failureResponse.add(result.phases.responseUs)
        } else {
            answered += 1
            for phase in allPhases ? Phase.allCases : [.latency, .response] {
                guard let value = result.phases[phase] else { continue }
                phases[phase, default: QuantileSketch()].add(value)
            }
        }
        let subject = result.probe.subject
        let isLastTry = result.probe.attempt >= Pack.attemptLimit
        for observation in result.observations {
            let key = CountKey(
                experience: observation.experience, population: subject.population,
                outcome: observation.outcome, audience: observation.audience,
                variation: observation.variation)
            counts[key, default: 0] += 1
            // Asked for the last time without an answer, or answered in a shape that none reads.
            let isLost =
                !observation.outcome.isResolved && (isLastTry || result.failure == nil)
            if subject.population == .cohort, isLost {
                missing[observation.experience, default: 0] += 1
            }
        }
    }
}
