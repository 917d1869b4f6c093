import Analysis
import ArgumentParser
import Configuring
import Model
import Planning
import Rendering

struct PowerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "power",
        abstract: "Tells what a configuration could notice, and how soon.",
        discussion: """
            For each split and each kind of segment: the smallest departure that would be told \
            with probability 0.8 within an hour, a day and a week of this plan's pace, at the \
            daemon's own levels. An audience that needs a profile gets no generated subject: \
            nothing is noticed of it.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() throws {
        let configuration = try file.load()
        let plans = configuration.effective.plans.map { plan in
            (
                plan: plan,
                pace: pace(
                    of: plan,
                    Outlook(plan: plan, pool: configuration.pools[plan.name], zone: nil).cost)
            )
        }
        let rows = power(of: plans)
        StandardOutput.write(powerText(rows, warnings: plans.flatMap(warnings)))
    }

    private func pace(of plan: Plan, _ cost: PlanCost) -> PlanPace {
        let panel: Int =
            switch plan.subjects.panel {
            case .generated(let count, _): count
            case .file: Int.max
            case nil: 0
            }
        let cohort = cost.newSubjectsPerDay
        let panelProbes = panel == 0 ? 0 : max(0, cost.fetchesPerDay - cohort)
        return PlanPace(
            cohortPerDay: cohort, panelProbesPerDay: panelProbes,
            panelSubjects: min(panel, cost.size.contexts),
            pairsPerDay: plan.compared.isEmpty ? 0 : cost.fetchesPerDay)
    }

    /// What a plan can never prove.
    private func warnings(_ entry: (plan: Plan, pace: PlanPace)) -> [String] {
        let (plan, pace) = entry
        var warnings: [String] = []
        if plan.testedShares.isEmpty {
            warnings.append("plan \(plan.name) states no allocation: no split of it is tested")
        } else if pace.cohortPerDay < 1 {
            warnings.append(
                "plan \(plan.name) asks no cohort: it can prove nothing of its splits; give it one")
        }
        if pace.panelSubjects == 0 {
            warnings.append(
                "plan \(plan.name) has no panel: edits are seen by statistics only, days later")
        }
        return warnings
    }
}
