import ArgumentParser
import Configuring
import Model
import Planning

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tells every fault of a configuration, then what it costs and can prove.",
        discussion: "Exits 78 if there is any fault.")

    @OptionGroup var file: ConfigurationOption

    func run() throws {
        let configuration = try file.load()
        var lines = ["\(file.config): no fault"]
        for target in configuration.effective.targets {
            lines.append(budgetLine(of: target, in: configuration))
            lines += target.maintenance.map {
                "  maintenance \($0.words): recorded, kept out of baselines and alerts"
            }
            lines += configuration.effective.objectives.filter { $0.target == target.name }
                .map { "  " + $0.words }
        }
        for plan in configuration.effective.plans {
            let pool = configuration.pools[plan.name]
            let outlook = Outlook(
                plan: plan, pool: pool, zone: Zone(name: configuration.effective.zone))
            lines += ["", "plan \(plan.name) at \(plan.target)"]
            lines += (outlook.costs + outlook.proofs + outlook.watched).map { "  " + $0 }
        }
        lines += ["", storeLine(of: configuration)]
        StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }

    /// What all plans that ask a target cost it, compared ones among them.
    private func budgetLine(
        of target: Target, in configuration: LoadedConfiguration
    ) -> String {
        let plans = configuration.effective.plans.filter { $0.targets.contains(target.name) }
        let perDay = plans.reduce(0) {
            $0 + Outlook(plan: $1, pool: configuration.pools[$1.name], zone: nil).cost.fetchesPerDay
        }
        let budget = target.budget.map {
            "budget \(count($0.perDay)) a day, \(percent(perDay / $0.perDay)) of it used"
        }
        return "target \(target.name): \(target.baseURL), \(count(perDay)) calls a day, "
            + (budget ?? "no budget stated")
    }
    /// What the store comes to once it deletes as much as it records.
    private func storeLine(of configuration: LoadedConfiguration) -> String {
        let effective = configuration.effective
        let perDay = effective.plans.reduce(0) {
            $0 + Outlook(plan: $1, pool: configuration.pools[$1.name], zone: nil).storedBytesPerDay
        }
        guard let keptUs = effective.retention.observationsUs else {
            return "store \(effective.store): observations are kept for ever,"
                + " about \(megabytes(perDay * 365)) a year"
        }
        let days = Double(keptUs) / Double(Instant.microsecondsPerDay)
        return "store \(effective.store): observations are kept for \(span(days * 86_400)),"
            + " about \(megabytes(perDay * days)) then; rollups and answers beside them"
    }
}
