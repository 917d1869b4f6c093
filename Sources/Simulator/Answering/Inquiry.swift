import Foundation
import Model

/// A question at an instant, with the chance that decides what becomes of it.
struct Inquiry: Sendable {
    let question: Question
    let now: Instant
    /// How often the same was asked before.
    let attempt: Int
    /// Of users, whatever is asked.
    let chance: Chance
    /// Of this question.
    let own: Chance

    init(_ question: Question, now: Instant, attempt: Int, chance: Chance) {
        self.question = question
        self.now = now
        self.attempt = attempt
        self.chance = chance
        own = chance.after(question.names)
    }
}

extension World {
    /// Milliseconds: log-normal with a tail. The same question takes the same time when it is asked
    /// for the same time.
    func delay(of inquiry: Inquiry) -> Double {
        let (question, now) = (inquiry.question, inquiry.now)
        let held = latency.first { $0.period.contains(now) && $0.when.holds(for: question) }
        guard let rule = held else { return 0 }
        let own =
            inquiry.attempt == 0 ? inquiry.own : inquiry.own.after(["\(inquiry.attempt)"])
        let first = max(own.share("u"), 1e-12)
        let second = own.share("v")
        // Box, Muller (1958): a normal deviate from two uniform ones.
        let normal = (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
        let isTail = own.share("tail") < rule.tailShare
        var milliseconds = rule.medianMilliseconds * exp(rule.sigma * normal)
        if isTail { milliseconds *= rule.tailFactor }
        for slowdown in slowdowns where slowdown.holds(for: question, at: now) {
            milliseconds *= slowdown.factor
        }
        return max(rule.minimumMilliseconds, milliseconds)
    }

    /// The fault of an answer that would tell these, if any: each rule that holds takes its share
    /// of one draw.
    func fault(of inquiry: Inquiry, serving truths: [Truth]) -> FaultRule? {
        guard !faults.isEmpty else { return nil }
        let draw = inquiry.own.share("fault", "\(inquiry.attempt)")
        var passed = 0.0
        for rule in faults
        where rule.holds(for: inquiry.question, serving: truths, at: inquiry.now) {
            passed += rule.share
            if draw < passed { return rule }
        }
        return nil
    }
}

extension Inquiry {
    /// Which of its forms a fault takes.
    var faultDetail: Double { own.share("fault detail") }
}

extension Question {
    fileprivate var names: [String] {
        [
            user ?? "", day?.rawValue ?? "", hour.map { "\($0)" } ?? "", userAgent ?? "",
            address ?? "",
            attributes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "&"),
            (keys ?? []).joined(separator: ","),
        ]
    }
}
