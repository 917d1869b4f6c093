import Configuring
import Model
import NIOPosix
import Planning
import Probing

/// What `init` learns from the API before it writes a configuration: the active experiences, and
/// which variations of which audiences a few subjects get.
struct Discovery {
    /// Probes sent at most.
    static let probeLimit = 100
    private static let rate = Rate(perSecond: 20)

    private let plan: Plan
    private let endpoint: Endpoint
    private let pool: SubjectPool

    init(target: Target, key: Secret, subjects: [SubjectRecord]?) {
        endpoint = Endpoint(target: target, key: key, userAgent: probeUserAgent)
        pool = SubjectPool(panel: nil, cohort: subjects)
        let source: SubjectPlan.Cohort.Source =
            subjects == nil ? .generated(prefix: "variometer-init-") : .file(path: "")
        plan = Plan(
            name: "init", target: target.name, experiences: .all, cadence: .continuous,
            rate: Self.rate,
            subjects: SubjectPlan(cohort: SubjectPlan.Cohort(share: 1, source: source)),
            matrix: MatrixDefinition(
                days: .days(Weekday.allCases), hours: .hours([0, 6, 12, 18]),
                devices: ["iphone", "android-phone", "desktop-chrome"].compactMap(
                    Catalogue.device(named:)),
                geos: ["IN", "US", "DE"].compactMap(Catalogue.geo(named:))))
    }

    /// Asks the metadata API, then probes.
    func run() async throws -> (experiences: [String], sightings: [TemplateContent.Sighting]) {
        let prober = try Prober(endpoint: endpoint, group: MultiThreadedEventLoopGroup.singleton)
        let keys: [String]
        do {
            keys = (try await prober.metadata(statuses: ["Active"]) ?? []).map(\.key).sorted()
        } catch {
            await prober.shutdown()
            throw error
        }
        let results = await probe(keys, with: prober)
        await prober.shutdown()
        return (keys, Self.sightings(in: results))
    }

    private func probe(_ keys: [String], with prober: Prober) async -> [ProbeResult] {
        let packs = max(1, Pack.packs(of: keys).count)
        let available = pool.cohort?.count ?? Self.probeLimit
        let round = Round(
            plan: plan, experiences: keys, agent: "init", seed: 0, number: 1,
            cohortSubjects: min(available, Self.probeLimit / packs), cohortUsed: 0, pool: pool,
            carried: [])
        let schedule = Schedule(
            plan: plan.name, startNanoseconds: monotonicNanoseconds(),
            stepNanoseconds: 1e9 / plan.rate.perSecond, first: 0,
            end: keys.isEmpty ? 0 : min(Self.probeLimit, round.probes)
        ) { position, due in round.probe(at: position, now: due) }
        var results: [ProbeResult] = []
        for await batch in prober.run(schedule, on: WallClock.system.timeline()) {
            results += batch.results
            prober.acknowledge(batch.results.count)
        }
        return results
    }

    /// What was served, counted by experience, audience and variation.
    private static func sightings(in results: [ProbeResult]) -> [TemplateContent.Sighting] {
        struct Key: Hashable {
            let experience: String
            let audience: String
        }
        var counts: [Key: [String: Int]] = [:]
        var names: [Key: String] = [:]
        for observation in results.flatMap(\.observations) where observation.outcome == .served {
            guard let audience = observation.audience, let variation = observation.variation else {
                continue
            }
            let key = Key(experience: observation.experience, audience: audience)
            counts[key, default: [:]][variation, default: 0] += 1
            names[key] = observation.audienceName
        }
        let keys = counts.keys.sorted {
            ($0.experience, $0.audience) < ($1.experience, $1.audience)
        }
        return keys.map { key in
            TemplateContent.Sighting(
                experience: key.experience, audience: key.audience, audienceName: names[key],
                counts: (counts[key] ?? [:]).sorted { $0.key < $1.key }.map {
                    TemplateContent.Sighting.Count(variation: $0.key, count: $0.value)
                })
        }
    }
}
