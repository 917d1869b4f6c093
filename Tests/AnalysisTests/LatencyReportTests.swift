import Analysis
import Foundation
import Model
import TestKit
import Testing

@Suite("Latency report")
struct LatencyReportTests {
    static let geos = ["IN", "US", "DE", "BR", "GB", "JP"]

    /// Log-normal latencies of 20 ms for each geo, times a factor for BR.
    static func slow(seed: UInt64, factor: Double) -> [String] {
        var generator = SplitMix64(seed: seed)
        var results: [ProbeResult] = []
        for geo in geos {
            for _ in 0..<400 {
                let u = Double.random(in: 1e-9...1, using: &generator)
                let v = Double.random(in: 0...1, using: &generator)
                let normal = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
                let latency = 20_000 * exp(0.35 * normal) * (geo == "BR" ? factor : 1)
                results.append(result(geo: geo, latency: Int64(latency)))
            }
        }
        let evidence = PlanEvidence(target: "t", plan: plan(), tallies: rolled(results))
        let span = Span(since: start, until: start.advanced(by: 1))
        let report = report(.latency, over: span, evidence: [evidence], watermark: nil)
        guard case .latency(let rows) = report.rows else { return [] }
        return rows.map(\.row).filter(\.isSlow).map(\.segment.description)
    }

    @Test("names the one place that is slow", arguments: 0..<10 as Range<UInt64>)
    func names(seed: UInt64) {
        #expect(Self.slow(seed: seed, factor: 2) == ["geo=BR"], "seed \(seed)")
    }

    @Test("names none where none is", arguments: 100..<130 as Range<UInt64>)
    func silent(seed: UInt64) {
        #expect(Self.slow(seed: seed, factor: 1).isEmpty, "seed \(seed)")
    }
}
