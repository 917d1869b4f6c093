import Model
import Simulator

/// A world in a target's place: questions of probes in, results out, as the prober would have them.
struct Respondent: Sendable {
    private let target: Target
    private let answerer: Answerer
    /// Without their users, by context.
    private var questions: [Context: Question] = [:]
    private var readings = ReadingMemo()

    /// Ours, and what the wire adds, in microseconds.
    private static let lagUs: Int64 = 60
    private static let requestUs: Int64 = 15
    private static let transferUs: Int64 = 90

    init(_ target: Target, world: World, seed: UInt64) throws(RigError) {
        guard target.api == .moengage else { throw RigError("\(target.name): not in this rig") }
        self.target = target
        answerer = Answerer(world: world, seed: seed ^ 0x57_4F52_4C44)
    }

    func activeKeys(at now: Instant) -> [String] {
        answerer.listed(at: now).filter { $0.status == "Active" }.map(\.key).sorted()
    }

    func listed(at now: Instant) -> [ExperienceStatus] {
        answerer.listed(at: now).map {
            ExperienceStatus(
                target: target.name, key: $0.key, name: $0.name, status: $0.status, since: now,
                seenAt: now)
        }
    }

    mutating func result(of probe: Probe, due: Instant) -> (ProbeResult, Answer) {
        // As often as it was asked before: panel subjects once in each round.
        let attempt =
            probe.subject.population == .panel ? probe.identity.round - 1 : probe.attempt
        let answer = answerer.tell(question(of: probe), now: due, attempt: attempt)
        readings.begin(era: answerer.era(at: due))
        var phases = Phases(lagUs: Self.lagUs, requestUs: Self.requestUs)
        let waitUs = Int64(answer.delayMilliseconds * 1_000)
        var failure = failure(of: answer)
        var status: Int? = answer.status
        if waitUs >= target.timeoutUs {
            failure = Failure(.timeout, .firstByteTimeout)
            status = nil
            phases.firstByteUs = target.timeoutUs
        } else {
            phases.firstByteUs = waitUs
            if answer.delivery == .reset {
                status = nil
            } else {
                phases.transferUs = Self.transferUs + pauseUs(of: answer)
            }
        }
        let transport = Transport(
            httpStatus: status, httpVersion: status == nil ? nil : "1.1", connection: .reused,
            remoteAddress: "127.0.0.1", bytes: status == nil ? nil : 600)
        let result = ProbeResult(
            probe: probe, dueAt: due, phases: phases, transport: transport, failure: failure,
            observations: failure.map { ProbeResult.failedObservations(of: probe, $0) }
                ?? readings.observations(of: answer))
        return (result, answer)
    }

    private mutating func question(of probe: Probe) -> Question {
        var question = questions[probe.context] ?? bareQuestion(of: probe)
        question.user = probe.subject.customerID
        question.keys = probe.experiences.isEmpty ? nil : probe.experiences
        return question
    }

    private mutating func bareQuestion(of probe: Probe) -> Question {
        var question = Question()
        question.day = probe.context.day
        question.hour = probe.context.hour
        question.userAgent = probe.userAgent
        question.address = probe.address
        question.place = probe.address.flatMap(answerer.place)
        for attribute in probe.context.attributes {
            question.attributes[attribute.name] = attribute.value
        }
        questions[probe.context] = question
        return question
    }
}

private func pauseUs(of answer: Answer) -> Int64 {
    if case .slow(let milliseconds) = answer.delivery { Int64(milliseconds) * 1_000 } else { 0 }
}

/// What the prober makes of a broken answer; nil: it is sound, or broken in what it says alone.
private func failure(of answer: Answer) -> Failure? {
    switch answer.fault {
    case nil, .slowBody, .wrongID: nil
    case .serverError: Failure(.failed, .http(answer.status))
    case .rateLimit: Failure(.limited, .http(answer.status))
    case .reset: Failure(.unreachable, .reset)
    case .truncated: Failure(.unreachable, .closed)
    case .garbage, .html: Failure(.malformed, .notJSON)
    case .wrongShape: Failure(.malformed, .wrongShape)
    case .redirect: Failure(.rejected, .redirect)
    }
}
