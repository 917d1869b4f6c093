import Configuring
import Model
import Planning
import Rendering
import Statistics

/// What a plan costs, and what its cohort can and cannot prove, in words for `check` and `plan`.
struct Outlook {
    let plan: Plan
    let cost: PlanCost
    private let pool: SubjectPool?
    private let zone: Zone?

    /// Bytes of the store for one observation, its share of result and indices included: 50 where
    /// a fetch brings one, 25 where it brings three.
    private var storedBytesPerObservation: Double { 12.5 + 37.5 / cost.observationsPerFetch }

    /// Bytes that the store grows by in a day.
    var storedBytesPerDay: Double { cost.observationsPerDay * storedBytesPerObservation }

    init(plan: Plan, pool: SubjectPool?, zone: Zone?) {
        self.plan = plan
        self.pool = pool
        self.zone = zone
        let experiences =
            switch plan.experiences {
            case .all: assumedExperienceCount
            case .keys(let keys): keys.count
            }
        cost = PlanCost(
            plan: plan, experienceCount: experiences, cohortFileCount: pool?.cohort?.count)
    }

    var costs: [String] {
        let size = cost.size
        var lines = [
            "\(count(Double(size.contexts))) contexts, \(size.packs) fetch(es) each;"
                + " a round is \(count(Double(size.panelProbes))) panel probes"
                + " and \(count(Double(size.cohortProbes))) cohort probes",
            "a round takes \(span(cost.roundSeconds)) at \(rate(plan.rate))\(cadence)",
        ]
        lines += [overlong, active, compared].compactMap { $0 }
        let each = plan.compared.isEmpty ? "" : " at each of \(plan.targets.count) targets"
        lines += [
            "\(count(cost.fetchesPerDay)) calls\(each), \(count(cost.newSubjectsPerDay)) new"
                + " customer ids and \(count(cost.observationsPerDay)) observations a day",
            "about \(megabytes(storedBytesPerDay)) of disk a day",
        ]
        if cost.newSubjectsPerDay > 0, pool?.cohort == nil {
            lines.append(
                "whether the vendor stores or bills ids that it does not know is undocumented: ask")
        }
        if let days = cost.cohortFileDays {
            lines.append("the cohort file lasts \(span(days * 86_400))")
        }
        if case .hours(let hours) = plan.matrix.hours, let zone, zone.name != "UTC" {
            lines.append("hours are UTC: \(zone.words(forUTCHours: hours))")
        }
        return lines
    }

    /// What can be proved, one line an allocation.
    var proofs: [String] {
        guard let cohort = plan.subjects.cohort else {
            return ["no cohort: no split can be tested, the panel is no sample"]
        }
        let isGenerated = if case .generated = cohort.source { true } else { false }
        var lines = plan.allocations.map { allocation in
            let name = "\(allocation.experience)/\(allocation.audience)"
            return "\(name): \(proof(of: allocation))"
        }
        lines += plan.ramps.map { ramp in
            "\(ramp.experience)/\(ramp.audience): a ramp, tested from step to step"
        }
        if lines.isEmpty { lines = ["no allocation stated: shares are reported, no split tested"] }
        if isGenerated {
            lines.append(
                "generated subjects have no profile: an audience that needs one is reached by a"
                    + " cohort file only, and stays inconclusive(no_cohort)")
        }
        return lines
    }

    private func proof(of allocation: Allocation) -> String {
        let shares = allocation.shares.map { $0.percent / 100 }
        let share = shares.min { abs($0 - 0.5) < abs($1 - 0.5) } ?? 0.5
        let seen = [1.0, 7.0].compactMap { days -> String? in
            let subjects = Int(cost.newSubjectsPerDay * days)
            return detectableDeviation(
                n: subjects, probability: share, alpha: 0.001, power: 0.8
            ).map { "\(points($0)) after \(Int(days)) d" }
        }
        guard !seen.isEmpty else { return "no cohort subject a day: nothing can be proved" }
        return "at best a skew of " + seen.joined(separator: ", ")
            + ", if every cohort subject falls into this audience"
    }

    /// What happens when a round is due before the last has ended; nil: none is.
    private var overlong: String? {
        guard !cost.fitsPeriod, let period = cost.periodSeconds else { return nil }
        let beginning = "a round outlasts its period: "
        switch plan.overlong {
        case .skip:
            let periods = (cost.roundSeconds / period).rounded(.up)
            return beginning + "those that are due meanwhile are skipped, one starts every"
                + " \(span(periods * period))"
        case .overlap:
            let all = Rate(perSecond: plan.rate.perSecond * Double(cost.roundsAtOnce))
            return beginning + "up to \(cost.roundsAtOnce) run side by side, \(rate(all)) together"
        }
    }

    private var active: String? {
        plan.active.map { "active \($0.words), \(percent(cost.activeShare)) of the week" }
    }

    private var compared: String? {
        guard !plan.compared.isEmpty else { return nil }
        let times = plan.targets.count == 2 ? "twice" : "\(plan.targets.count) times"
        return "compared with \(plan.compared.joined(separator: ", ")): every probe is asked there"
            + " as well, \(times) the calls and observations"
    }

    private var cadence: String {
        switch plan.cadence {
        case .continuous: ", one after the other"
        case .every(let period): ", one every \(span(Double(period) / 1e6))"
        }
    }
}

/// Numbers for people, rounded to what matters.
func count(_ number: Double) -> String {
    abs(number) < 1e18 ? grouped(Int(number.rounded())) : String(number)
}

func percent(_ share: Double) -> String { oneDecimal(share * 100) + " %" }
func points(_ share: Double) -> String { oneDecimal(share * 100) + " pp" }
func megabytes(_ bytes: Double) -> String { oneDecimal(bytes / 1e6) + " MB" }

func rate(_ rate: Rate) -> String {
    rate.perSecond >= 1 ? "\(oneDecimal(rate.perSecond))/s" : "\(oneDecimal(rate.perMinute))/min"
}

/// Seconds as `250 ms`, `12 s`, `3.5 min`, `2.1 h`, `12.3 d`.
func span(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "\(Int((seconds * 1_000).rounded())) ms"
    case ..<120: "\(oneDecimal(seconds)) s"
    case ..<7_200: "\(oneDecimal(seconds / 60)) min"
    case ..<172_800: "\(oneDecimal(seconds / 3_600)) h"
    default: "\(oneDecimal(seconds / 86_400)) d"
    }
}

/// `3.5`, `12`: one decimal where it is not 0.
private func oneDecimal(_ number: Double) -> String {
    let rounded = (number * 10).rounded() / 10
    guard abs(rounded) < 1e15 else { return String(number) }
    return rounded == rounded.rounded() ? grouped(Int(rounded)) : fixed(rounded, 1)
}
