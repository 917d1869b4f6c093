import ArgumentParser
import Configuring
import Model
import Planning
import Probing

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what a round asks: counts, calls a day, the first requests as sent.",
        discussion: "Sends nothing. The key is masked.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var file: ConfigurationOption

    @Option(name: .long, help: "Only this plan.")
    var plan: String?

    @Option(name: .long, help: "How many requests to show of each plan.")
    var limit: Int = 3

    @Option(name: .long, help: "text or json.")
    var format: Format = .text

    func validate() throws {
        guard (0...10_000).contains(limit) else {
            throw ValidationError("--limit is 0…10000, not \(limit)")
        }
    }

    func run() throws {
        let configuration = try file.load()
        let previews = try configuration.plans(named: plan).map {
            try PlanPreview($0, in: configuration, limit: limit, now: WallClock.system.now())
        }
        switch format {
        case .text: StandardOutput.write(previews.map(\.text).joined(separator: "\n"))
        case .json:
            var json = JSONText()
            json.object { json in
                json.name("plans")
                json.array(previews) { $1.write(to: &$0) }
            }
            json.endLine()
            StandardOutput.write(json.text)
        }
    }
}

/// The first probes of a plan's first round and what the plan costs.
struct PlanPreview: JSONWritable {
    let plan: Plan
    let target: Target
    let outlook: Outlook
    let requests: [FetchRequest]
    let probes: [Probe]
    /// Nil: none is stated, and none was drawn yet.
    let seed: UInt64?

    init(_ plan: Plan, in configuration: LoadedConfiguration, limit: Int, now: Instant) throws {
        let effective = configuration.effective
        guard let target = effective.target(named: plan.target) else {
            throw CommandFailure(.configuration, "plan \(plan.name) has no target")
        }
        self.plan = plan
        self.target = target
        let pool = configuration.pools[plan.name] ?? SubjectPool(panel: nil, cohort: nil)
        outlook = Outlook(plan: plan, pool: pool, zone: Zone(name: effective.zone))
        let keys =
            switch plan.experiences {
            case .keys(let keys): keys
            // What the metadata API will list is not known before it is asked.
            case .all: ["<active key>"]
            }
        // A seed that the configuration leaves open is drawn by the first run, and kept.
        seed = try knownSeed(of: effective)
        let round = Round(
            plan: plan, experiences: keys, agent: effective.agent, seed: seed ?? 0,
            number: 1, cohortSubjects: outlook.cost.size.cohortSubjects, cohortUsed: 0, pool: pool,
            carried: [])
        probes = (0..<min(limit, round.probes)).map { round.probe(at: $0, now: now) }
        requests = probes.map { FetchRequest(probe: $0, target: target, userAgent: probeUserAgent) }
    }

    var text: String {
        var text = "plan \(plan.name) at \(target.name), round 1\n"
        text += outlook.costs.map { "  \($0)\n" }.joined()
        if let budget = target.budget {
            let share = outlook.cost.fetchesPerDay / budget.perDay
            text += "  \(percent(share)) of the target's budget of \(count(budget.perDay)) a day\n"
        }
        if seed == nil {
            text += "  no seed yet: the first run draws one, and asks in another order\n"
        }
        for request in requests { text += "\n\(request.text)\n" }
        return text
    }

    func write(to json: inout JSONText) {
        json.object { json in
            json.member("plan", plan.name)
            json.member("target", target.name)
            json.member("contexts", outlook.cost.size.contexts)
            json.member("packs", outlook.cost.size.packs)
            json.member("panel_probes", outlook.cost.size.panelProbes)
            json.member("cohort_probes", outlook.cost.size.cohortProbes)
            json.member("round_seconds", outlook.cost.roundSeconds)
            json.member("calls_per_day", outlook.cost.fetchesPerDay)
            json.member("new_subjects_per_day", outlook.cost.newSubjectsPerDay)
            json.member("budget_per_day", target.budget?.perDay)
            json.name("requests")
            json.array(zip(probes, requests)) { json, pair in
                json.object {
                    $0.member("index", pair.0.identity.index)
                    $0.member("subject", pair.0.subject.label)
                    $0.member("population", pair.0.subject.population.rawValue)
                    $0.member("body", String(decoding: pair.1.body, as: UTF8.self))
                }
            }
        }
    }
}
