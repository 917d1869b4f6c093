import Model
import Planning

extension Reader {
    /// What only shows when targets and plans are seen together.
    mutating func check(_ file: ReadFile) {
        for target in file.targets { checkBudget(of: target, plans: file.plans) }
        for plan in file.plans { checkPeriod(of: plan) }
    }
}

// MARK: Budgets

/// The vendor's limit for one workspace, which production traffic shares.
private let vendorLimit = Rate(perSecond: 10_000 / 60)

extension Reader {
    /// A target's budget, and the vendor's, must hold the rates of all plans that ask it together.
    private mutating func checkBudget(of read: ReadTarget, plans: [ReadPlan]) {
        let slack = 1 + 1e-9
        let limit = vendorLimit.perSecond * slack
        if let budget = read.target.budget, let value = read.source[.budget],
            read.isVendors, budget.perSecond > limit
        {
            return fault(
                "is above the vendor's limit of 10000/min, which production traffic shares",
                at: value, hint: "a prober has its own, much lower budget")
        }
        let asking = plans.filter { $0.plan.targets.contains(read.target.name) }
        let sum = asking.reduce(0) { $0 + $1.plan.rate.perSecond * Double($1.cost.roundsAtOnce) }
        let names = asking.map(\.writtenName).joined(separator: ", ")
        let asked = "\(rateText(sum)) of \(asking.count == 1 ? "plan" : "plans") \(names)"
        let reasons = asking.compactMap { $0.reasonForMore(at: read.target) }
            .map { "; " + $0 }.joined()
        if let budget = read.target.budget {
            guard sum > budget.perSecond * slack, let value = read.source[.budget] else { return }
            fault(
                "is less than the \(asked)", at: value,
                hint: "at least \(rateText(sum)), or lower rates" + reasons)
        } else if read.isVendors, sum > limit, let rate = asking.last?.source[.rate] {
            fault(
                "\(asked) is above the vendor's limit of 10000/min, which production traffic "
                    + "shares", at: rate, hint: "lower the rate and state a budget" + reasons)
        }
    }
}

extension ReadPlan {
    /// Why a plan asks a target more than its rate and its target make expect.
    fileprivate func reasonForMore(at target: Target) -> String? {
        let reasons = [
            plan.target == target.name ? nil : "compares it with its own target",
            cost.roundsAtOnce > 1 ? "has up to \(cost.roundsAtOnce) rounds at once" : nil,
        ].compactMap { $0 }
        return reasons.isEmpty ? nil : writtenName + " " + reasons.joined(separator: " and ")
    }
}

// MARK: Periods

extension Reader {
    /// A round must end before the next one starts, unless it is said what happens if not.
    private mutating func checkPeriod(of read: ReadPlan) {
        guard read.source[.overlong] == nil else { return }
        let (plan, cost) = (read.plan, read.cost)
        guard !cost.fitsPeriod, let rate = cost.fittingRate, let place = read.source[.every] else {
            return
        }
        var ways = [
            "rate: \(rateText(rate, roundedUp: true))", "every: \(periodText(cost.roundSeconds))",
        ]
        if case .hours(let hours)? = plan.matrix.hours {
            // Hours are about equally many probes each; excludes make that no more than likely.
            let fitting = Int(Double(hours.count) * plan.rate.perSecond / rate)
            if fitting > 0 { ways.append("\(fitting) of its \(hours.count) hours") }
        }
        fault(
            "a round of \(cost.size.probes) probes takes \(spanText(cost.roundSeconds)) at "
                + "\(rateText(plan.rate.perSecond))", at: place,
            hint: "what would fit: " + ways.joined(separator: ", or ")
                + "; else state overlong: skip or overlap")
    }
}

private let timeUnits: [(name: String, seconds: Double)] = [
    ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400),
]

/// A rate in the unit that suits it: `5/s`, `30/min`.
private func rateText(_ perSecond: Double, roundedUp: Bool = false) -> String {
    let units: [(name: String, seconds: Double)] = [("s", 1), ("min", 60), ("h", 3_600)]
    let unit = units.first { perSecond * $0.seconds >= 1 } ?? ("h", 3_600)
    let tenths = perSecond * unit.seconds * 10
    // What is computed from counts must not be rounded up for a last bit that is off.
    let rounded = roundedUp ? (tenths - 1e-6).rounded(.up) : tenths.rounded()
    return decimal((rounded > 0 ? rounded : tenths) / 10) + "/" + unit.name
}

/// The shortest period, in whole minutes, hours or days, that holds a number of seconds.
private func periodText(_ seconds: Double) -> String {
    let unit = timeUnits.last { seconds >= $0.seconds && $0.seconds >= 60 } ?? timeUnits[1]
    return decimal((seconds / unit.seconds).rounded(.up)) + unit.name
}

/// A span of time for people, in its two largest units: `7h 28m`.
private func spanText(_ seconds: Double) -> String {
    let whole = max(1, seconds.rounded(.up))
    let largest = timeUnits.lastIndex { whole >= $0.seconds } ?? 0
    let (name, size) = timeUnits[largest]
    let count = (whole / size).rounded(.down)
    let text = decimal(count) + name
    guard largest > 0 else { return text }
    let (restName, restSize) = timeUnits[largest - 1]
    let rest = ((whole - count * size) / restSize).rounded(.down)
    return rest == 0 ? text : text + " " + decimal(rest) + restName
}
