package import Model
import RealModule
import Statistics

/// A plan's pace, as its cost says it.
package struct PlanPace: Sendable {
    package var cohortPerDay: Double
    package var panelProbesPerDay: Double
    package var panelSubjects: Int
    package var pairsPerDay: Double

    package init(
        cohortPerDay: Double, panelProbesPerDay: Double, panelSubjects: Int, pairsPerDay: Double
    ) {
        self.cohortPerDay = cohortPerDay
        self.panelProbesPerDay = panelProbesPerDay
        self.panelSubjects = panelSubjects
        self.pairsPerDay = pairsPerDay
    }
}

/// What each plan could notice in an hour, a day and a week: of everyone, and of the largest number
/// of segments of each shape that is watched, by the number of its values.
///
/// Levels are those of the daemon: of a split, divided by their number and the epoch's; of a segment,
/// the e-detector's limit over all streams, as a test of a fixed sample at that evidence. Assumes
/// that every cohort subject gets the audience and that segments are of equal size: a bound.
package func power(of plans: [(plan: Plan, pace: PlanPace)]) -> [PowerRow] {
    let evidence = plans.flatMap { plan, _ in
        plan.targets.map { PlanEvidence(target: $0, plan: plan, tallies: [:]) }
    }
    let level = splitLevel(epoch: 1, tests: splitTests(evidence))
    let streams = plans.reduce(0) { sum, entry in
        let segments = entry.plan.segmentShapes.reduce(0) { $0 + $1.values }
        return sum + segments * entry.plan.targets.count
            * (entry.plan.allocations.count + entry.plan.controls.count)
    }
    let segmentLevel = Double.exp(-changeLimit(streams: max(1, streams)))
    return plans.flatMap { plan, pace in
        plan.testedShares.flatMap { tested in
            plan.segmentShapes.flatMap { shape in
                PowerRow.Span.allCases.map { span in
                    row(
                        plan, tested, shape, span, pace,
                        level: shape.values == 1 ? level : segmentLevel)
                }
            }
        }
    }
}

private func row(
    _ plan: Plan, _ tested: (experience: String, audience: String?, share: Double),
    _ shape: (name: String, values: Int), _ span: PowerRow.Span, _ pace: PlanPace, level: Double
) -> PowerRow {
    let isEveryone = shape.values == 1
    let subjects = Int(pace.cohortPerDay * span.days / Double(shape.values))
    let reprobes = min(
        pace.panelSubjects, Int(pace.panelProbesPerDay * span.days / Double(shape.values)))
    let pairs = Int(pace.pairsPerDay * span.days)
    return PowerRow(
        target: plan.target, plan: plan.name, experience: tested.experience,
        audience: tested.audience, segment: shape.name, span: span, subjects: subjects,
        deviation: minimumDetectableDeviation(
            subjects: subjects, probability: tested.share, alpha: level, power: wantedPower),
        flipShare: reprobes > 0
            ? minimumDetectableFlipShare(
                reprobes: reprobes, tolerated: 0, alpha: 0.001, power: wantedPower) : nil,
        slowdown: isEveryone && pairs > 0
            ? minimumDetectableSlowdown(
                pairs: pairs, logSpread: usualSpread, alpha: 0.001, power: wantedPower) : nil)
}

private let wantedPower = 0.8
/// Standard deviation of the logarithm of latencies, as APIs have it.
private let usualSpread = 0.45

extension Plan {
    /// Everyone, each dimension and each watched pair, with the number of its values.
    var segmentShapes: [(name: String, values: Int)] {
        let sizes = matrix.sizes
        return [("everyone", 1)]
            + matrix.dimensions.map { ("each \($0)", sizes[$0] ?? 1) }
            + watch.map { pair in
                (
                    "each " + pair.joined(separator: " × "),
                    pair.reduce(1) { $0 * (sizes[$1] ?? 1) }
                )
            }
    }

    /// Every split that is tested, with its share nearest to a half.
    package var testedShares: [(experience: String, audience: String?, share: Double)] {
        func nearest(_ percents: [Double]) -> Double {
            (percents.min { abs($0 - 50) < abs($1 - 50) } ?? 50) / 100
        }
        let stated = allocations.filter { allocation in
            !untested.contains {
                $0.experience == allocation.experience && $0.audience == allocation.audience
            }
        }.map { allocation in
            (
                allocation.experience, String?.some(allocation.audience),
                nearest(allocation.shares.map(\.percent))
            )
        }
        let held = controls.sorted { $0.key < $1.key }.map {
            ($0.key, String?.none, nearest([$0.value]))
        }
        return stated + held
    }
}

extension MatrixDefinition {
    /// How many values each dimension has.
    fileprivate var sizes: [String: Int] {
        var sizes: [String: Int] = [:]
        switch days {
        case .now?: sizes[Dimension.day] = 7
        case .days(let days)?: sizes[Dimension.day] = days.count
        case nil: break
        }
        switch hours {
        case .now?: sizes[Dimension.hour] = 24
        case .hours(let hours)?: sizes[Dimension.hour] = hours.count
        case nil: break
        }
        sizes[Dimension.device] = devices.count
        sizes[Dimension.geo] = geos.count
        for attribute in attributes { sizes[attribute.name] = attribute.values.count }
        return sizes
    }
}
