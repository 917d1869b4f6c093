import Foundation
import Model
import Planning

/// Results as a plan's rounds bring them, the same in each run: panel and fresh cohort subjects half
/// and half, one in a hundred failed, spread evenly over some days.
struct ResultSource {
    let storefront: Storefront
    private let stepUs: Int64
    private var round: Round
    private var number = 1
    private var position = 0
    private var made = 0
    private var state: UInt64 = 1

    init(_ storefront: Storefront, size: StorageSize) {
        self.storefront = storefront
        stepUs = Int64(size.days) * Instant.microsecondsPerDay / Int64(size.results)
        round = Self.round(1, of: storefront)
    }

    /// When the next one is due.
    var nextDue: Instant { Storefront.begin.advanced(by: Int64(made) * stepUs) }

    /// As many as are asked for, in batches of one transaction.
    mutating func next(_ count: Int) -> [[ProbeResult]] {
        stride(from: 0, to: count, by: StorageSize.commit).map { start in
            (start..<min(start + StorageSize.commit, count)).map { _ in next() }
        }
    }

    private static func round(_ number: Int, of storefront: Storefront) -> Round {
        let plan = storefront.plan
        return Round(
            plan: plan, experiences: storefront.experiences, agent: "benchmark", seed: 1,
            number: number,
            cohortSubjects: cohortSubjects(of: plan, contexts: Matrix(plan.matrix).count),
            cohortUsed: 0, pool: SubjectPool(), carried: [])
    }

    private mutating func next() -> ProbeResult {
        let due = nextDue
        if position == round.probes {
            number += 1
            position = 0
            round = Self.round(number, of: storefront)
        }
        let probe = round.probe(at: position, now: due)
        position += 1
        made += 1
        let isFailed = draw(below: 100) == 0
        let isNew = made % 500 == 1
        return ProbeResult(
            probe: probe, dueAt: due,
            phases: Phases(
                lagUs: spread(around: 60, sigma: 0.4), dnsUs: isNew ? 900 : nil,
                connectUs: isNew ? spread(around: 11_000, sigma: 0.2) : nil,
                requestUs: spread(around: 15, sigma: 0.3),
                firstByteUs: isFailed ? 5_000_000 : firstByteUs(of: probe.context),
                transferUs: isFailed ? nil : spread(around: 90, sigma: 0.5)),
            transport: Transport(
                httpStatus: isFailed ? nil : 200, httpVersion: isFailed ? nil : "1.1",
                connection: isNew ? .new : .reused, remoteAddress: "10.0.0.1",
                bytes: isFailed ? nil : 600 + draw(below: 100)),
            failure: isFailed ? storefront.failure : nil,
            observations: isFailed ? storefront.failed : answers(to: probe))
    }

    private mutating func answers(to probe: Probe) -> [Observation] {
        let subject = probe.subject
        let sticky = subject.label.utf8.reduce(5_381) { ($0 &* 33) ^ Int($1) } & Int.max
        return storefront.experiences.indices.map { experience in
            storefront.answer(
                to: experience, in: probe.context,
                draw: subject.population == .panel
                    ? (sticky / (1 + experience)) % 100 : draw(below: 100))
        }
    }

    private mutating func firstByteUs(of context: Context) -> Int64 {
        spread(around: 30_000 + 3_000 * Double(storefront.geoPlace(of: context)), sigma: 0.35)
    }

    /// Log-normal, by its median: G. E. P. Box and M. E. Muller (1958), of two uniform draws.
    private mutating func spread(around median: Double, sigma: Double) -> Int64 {
        let radius = (-2 * log(Double(draw(below: 1 << 30) + 1) / Double(1 << 30))).squareRoot()
        let normal = radius * cos(2 * .pi * Double(draw(below: 1 << 30)) / Double(1 << 30))
        return Int64((median * exp(sigma * normal)).rounded())
    }

    /// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, 2014).
    private mutating func draw(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
