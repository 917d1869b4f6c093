import Model
import Statistics

/// Latency by segment, everyone first with every phase, then the slowest.
func latencyRows(_ evidence: PlanEvidence, shape: [String]?) -> [LatencyRow] {
    let segments = evidence.segments(shape: shape)
    let everyone = shape == nil ? Phase.allCases : []
    let phases = everyone.map { latencyRow(evidence, .everyone, phase: $0) }.filter {
        $0.n > 0 || $0.phase == .latency
    }
    let held = segments.filter { $0 != .everyone || shape != nil }
    let rows = held.map { segment in
        contrasted(
            latencyRow(evidence, segment, phase: .latency), against: held, evidence)
    }
    return phases
        + rows.sorted { a, b in
            if a.isSlow != b.isSlow { return a.isSlow }
            return (b.p95Us ?? -1, a.segment.description) < (a.p95Us ?? -1, b.segment.description)
        }
}

/// Quantiles of one phase in one segment.
func latencyRow(_ evidence: PlanEvidence, _ segment: Segment, phase: Phase) -> LatencyRow {
    let tally = evidence.tallies[segment] ?? Tally()
    let sketch = tally.phases[phase] ?? QuantileSketch()
    let failures = Dictionary(
        tally.failures.map { ($0.key.reason.rawValue, $0.value) }, uniquingKeysWith: +)
    var row = LatencyRow(
        target: evidence.target, plan: evidence.plan.name, segment: segment, phase: phase,
        n: sketch.count, p50Us: microseconds(sketch, 0.5), p90Us: microseconds(sketch, 0.9),
        p95Us: microseconds(sketch, 0.95), p99Us: microseconds(sketch, 0.99), maxUs: sketch.max,
        failures: failures)
    row.usualP95 = evidence.rates.usual?.latency(0.95, of: phase, in: segment).map {
        LatencyRow.UsualLatency(
            valueUs: Int64($0.value), lowUs: Int64($0.low), highUs: Int64($0.high), n: $0.n,
            knowsTheWeek: $0.knowsTheWeek)
    }
    return row
}

private func microseconds(_ sketch: QuantileSketch, _ quantile: Double) -> Int64? {
    sketch.quantile(quantile).map { Int64($0.rounded()) }
}

/// The factor by which a segment must be slower than the rest to stand out.
private let slowFactor = 1.25
/// Level of the limits that are compared, divided by the number of segments.
private let slowAlpha = 0.001

/// Compares a segment with the other values of its dimensions: it stands out if, at p50 or at
/// p95, the lower confidence limit of its quantile is more than 1.25 times the upper limit of the
/// rest's (order statistics, Bonferroni over the segments; samples too small for a limit say
/// nothing).
private func contrasted(
    _ row: LatencyRow, against segments: [Segment], _ evidence: PlanEvidence
) -> LatencyRow {
    let dimensions = row.segment.coordinates.map(\.dimension)
    guard !dimensions.isEmpty else { return row }
    var rest = QuantileSketch()
    for other in segments
    where other != row.segment && other.coordinates.map(\.dimension) == dimensions {
        rest.merge(evidence.tallies[other]?.phases[.latency] ?? QuantileSketch())
    }
    let own = evidence.tallies[row.segment]?.phases[.latency] ?? QuantileSketch()
    let alpha = slowAlpha / Double(max(1, segments.count))
    var row = row
    row.restP50Us = microseconds(rest, 0.5)
    row.restP95Us = microseconds(rest, 0.95)
    row.isSlow = [0.5, 0.95].contains { quantile in
        guard let low = limit(of: own, quantile, alpha: alpha, isUpper: false),
            let high = limit(of: rest, quantile, alpha: alpha, isUpper: true)
        else { return false }
        return low > slowFactor * high
    }
    return row
}

/// A confidence limit of a quantile, read from the sketch; nil: the sample is too small.
private func limit(
    of sketch: QuantileSketch, _ quantile: Double, alpha: Double, isUpper: Bool
) -> Double? {
    let ranks = quantileRanks(n: sketch.count, quantile: quantile, alpha: alpha)
    let rank = isUpper ? ranks.upper : ranks.lower
    return rank.flatMap { sketch.value(atRank: $0 - 1) }
}
