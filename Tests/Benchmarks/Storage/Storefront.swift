import Model
import Planning

/// What is probed and what it answers: one plan over a full matrix, the same answer to the same
/// question.
struct Storefront {
    let plan: Plan
    let experiences: [String]
    /// The answers by experience, audience and variation.
    private let served: [[[Observation]]]
    private let unmatched: [Observation]
    /// What a fetch that failed leaves of each experience.
    let failed: [Observation]
    let failure = Failure(.timeout, .firstByteTimeout)
    private let geoPlaces: [String: Int]
    private let devicePlaces: [String: Int]

    static let begin = Instant(microseconds: 20_727 * Instant.microsecondsPerDay)
    private static let audiences = 12

    init(experiences count: Int) {
        let names = ["hero", "search", "offers"] + (4...25).map { "experience-\($0)" }
        experiences = Array(names[..<count])
        plan = Self.plan(of: experiences)
        served = experiences.map { experience in
            (0..<Self.audiences).map { audience in
                ["1", "2"].map { Self.answer(experience, audience: audience, variation: $0) }
            }
        }
        unmatched = experiences.map { Observation(experience: $0, outcome: .unmatched) }
        let failure = failure
        failed = experiences.map {
            Observation(experience: $0, outcome: failure.outcome, reason: failure.reason)
        }
        geoPlaces = places(plan.matrix.geos.map(\.name))
        devicePlaces = places(plan.matrix.devices.map(\.name))
    }

    /// What reports take the plan, its matrix and the allocations from.
    var configuration: EffectiveConfiguration {
        EffectiveConfiguration(
            store: "store.db", agent: "benchmark", seed: 1,
            targets: [Target(name: "production", baseURL: "http://127.0.0.1", workspaceID: "WS1")],
            plans: [plan])
    }

    /// The answer to one experience; `draw` is below 100.
    func answer(to experience: Int, in context: Context, draw: Int) -> Observation {
        let mixed =
            7 * geoPlace(of: context) + 3 * (context.device.flatMap { devicePlaces[$0] } ?? 0)
            + (context.hour ?? 0) / 6 + 5 * experience
        let audience = mixed % (Self.audiences + 1)
        guard audience < Self.audiences else { return unmatched[experience] }
        return served[experience][audience][draw < Self.share(of: audience) ? 0 : 1]
    }

    func geoPlace(of context: Context) -> Int { context.geo.flatMap { geoPlaces[$0] } ?? 0 }

    /// Percent of an audience's subjects that get the first variation.
    private static func share(of audience: Int) -> Int { audience < audiences / 2 ? 50 : 70 }

    private static func name(of audience: Int) -> String { "\(audience + 1)A" }

    private static func answer(
        _ experience: String, audience: Int, variation: String
    ) -> Observation {
        let content = String(audience * 16 + (Int(variation) ?? 0), radix: 16)
        let fingerprint = String(repeating: "7", count: 16 - content.count) + content
        return Observation(
            experience: experience, outcome: .served, variation: variation,
            audience: name(of: audience), audienceName: "Audience \(audience + 1)", locale: "0",
            campaign: "65eae5738ea5032b0ef60138_F_T_WP_AB_\(variation)_P_0_AU_\(audience)",
            fingerprint: fingerprint, shape: "Image:string,Link:string,Title:string")
    }

    private static func plan(of experiences: [String]) -> Plan {
        let allocations = experiences.flatMap { experience in
            (0..<4).map { audience in
                let first = Double(share(of: audience))
                return Allocation(
                    experience: experience, audience: name(of: audience),
                    shares: [
                        VariationShare(variation: "1", percent: first),
                        VariationShare(variation: "2", percent: 100 - first),
                    ])
            }
        }
        return Plan(
            name: "storefront", target: "production", experiences: .keys(experiences),
            cadence: .continuous, rate: Rate(perSecond: 1),
            subjects: SubjectPlan(
                panel: .generated(count: 200, prefix: "panel-"),
                cohort: SubjectPlan.Cohort(share: 0.5, source: .generated(prefix: "cohort-"))),
            matrix: MatrixDefinition(
                days: .days(Weekday.allCases), hours: .hours(Array(0..<24)),
                devices: Array(Catalogue.devices.prefix(10)),
                geos: Array(Catalogue.geos.prefix(10))),
            allocations: allocations)
    }
}

private func places(_ names: [String]) -> [String: Int] {
    Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
}
