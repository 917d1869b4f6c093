import Model
import Simulator

/// Answers as observations. The same few come again and again: each is made once, until the world
/// is edited.
struct ReadingMemo: Sendable {
    private struct Key: Hashable {
        let served: Served
        let isWrong: Bool
        let tellsControl: Bool
    }

    private var era = 0
    /// Nil: it says something of the question, and is made each time.
    private var known: [Key: Observation?] = [:]

    /// Nothing that was known of another era holds.
    mutating func begin(era: Int) {
        guard era != self.era else { return }
        self.era = era
        known = [:]
    }

    mutating func observations(of answer: Answer) -> [Observation] {
        let isWrong = answer.fault == .wrongID
        return answer.truths.map { truth in
            let key = Key(
                served: truth.served, isWrong: isWrong, tellsControl: truth.tellsControl)
            if case let observation?? = known[key] { return observation }
            let observation = made(truth, isWrong: isWrong, of: answer)
            if known[key] == nil {
                let isConstant = !truth.payload.contains { $0.field.value.contains("{{") }
                known.updateValue(isConstant ? observation : nil, forKey: key)
            }
            return observation
        }
    }

    private func made(_ truth: Truth, isWrong: Bool, of answer: Answer) -> Observation {
        let served = truth.served
        guard served.variation != nil, let question = answer.question else {
            return Observation(
                experience: served.experience, outcome: .unmatched,
                reason: truth.tellsControl ? .vendor("USER_IN_CAMPAIGN_CONTROL_GROUP") : nil)
        }
        let payload = truth.payload
        let content = payload.map {
            "\($0.name):\($0.field.type)=\($0.field.filled(for: question))"
        }
        return Observation(
            experience: served.experience, outcome: .served, variation: served.variation,
            audience: served.audience, audienceName: served.audienceName, locale: "0",
            campaign: truth.campaign(isWrong: isWrong),
            fingerprint: fingerprint(of: content.joined(separator: "\n")),
            shape: payload.map { "\($0.name):\($0.field.type)" }.joined(separator: ","),
            payload: payload.map {
                PayloadMember(name: $0.name, value: $0.field.filled(for: question))
            })
    }
}

/// 16 hexadecimal digits: not those of the wire's reading, but the same for the same content alone.
private func fingerprint(of content: String) -> String {
    let digits = String(Array(content.utf8).withUnsafeBytes(spreadHash), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
