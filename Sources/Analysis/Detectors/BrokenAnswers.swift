import Model

/// `contract`: answers that break the API's own rules: redirects, bodies without bound, other
/// shapes than documented, a campaign id that contradicts its answer, a payload with other keys.
func brokenAnswers(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    var counts: [Reason: Int] = [:]
    for (failure, count) in evidence.everyone.failures where advice(on: failure.reason) != nil {
        counts[failure.reason, default: 0] += count
    }
    let broken = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
        Finding(
            id: [
                FindingKind.contract.rawValue, evidence.target, evidence.plan.name, reason.rawValue,
            ]
            .joined(separator: "/"),
            kind: .contract, target: evidence.target, plan: evidence.plan.name, seenAt: look.at,
            effect: Finding.Effect(
                name: reason.rawValue, value: Double(count), low: nil, high: nil, unit: "results"),
            why: "\(count) of \(evidence.everyone.asked) answers: \(reason.rawValue)",
            advice: advice(on: reason) ?? "")
    }
    return broken + noticed(evidence, look.at)
}

private func advice(on reason: Reason) -> String? {
    switch reason {
    case .redirect:
        "a redirect is never followed, as it would carry the credentials elsewhere: check base_url"
    case .bodyLimit: "an answer was cut off: look at one with `variometer trace`"
    case .headerLimit, .encoding, .notJSON, .wrongShape, .httpProtocol:
        "something else than the API answers, or it changed: look at one with `variometer trace`"
    default: nil
    }
}

private func noticed(_ evidence: PlanEvidence, _ seenAt: Instant) -> [Finding] {
    evidence.watch.notices.filter { $0.kind != .content }.map { notice in
        Finding(
            id: noticeID(.contract, notice), kind: .contract, target: evidence.target,
            plan: evidence.plan.name, experience: notice.key.experience,
            audience: notice.key.audience, since: notice.firstAt, seenAt: notice.lastAt,
            effect: Finding.Effect(
                name: notice.kind.rawValue, value: Double(notice.count), low: nil, high: nil,
                unit: "answers"),
            why: "variation \(notice.key.variation ?? "–"): \(notice.detail)",
            advice: notice.kind == .identity
                ? "the answer contradicts itself: tell the API's operator"
                : "whoever renders this payload expects the keys that it had")
    }
}

/// `content_change`: a payload that was the same each time is another one.
func contentChanges(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    evidence.watch.notices.filter { $0.kind == .content }.map { notice in
        Finding(
            id: noticeID(.contentChange, notice), kind: .contentChange, target: evidence.target,
            plan: evidence.plan.name, experience: notice.key.experience,
            audience: notice.key.audience, since: notice.firstAt, seenAt: notice.lastAt,
            why: "variation \(notice.key.variation ?? "–"): \(notice.detail)",
            advice: "if nobody edited it, ask who did")
    }
}

private func noticeID(_ kind: FindingKind, _ notice: AnswerNotice) -> String {
    [
        kind.rawValue, notice.key.target, notice.key.plan, notice.key.experience,
        notice.key.audience ?? "*", notice.key.variation ?? "*", notice.kind.rawValue,
    ].joined(separator: "/")
}
