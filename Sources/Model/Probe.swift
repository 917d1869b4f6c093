/// What names a probe for ever: unique in a store.
package struct ProbeIdentity: Hashable, Sendable {
    package let agent: String
    package let plan: String
    package let target: String
    /// The round's number, from 1.
    package let round: Int
    /// The point of the round's index space, from 0.
    package let index: Int

    package init(agent: String, plan: String, target: String, round: Int, index: Int) {
        self.agent = agent
        self.plan = plan
        self.target = target
        self.round = round
        self.index = index
    }

    /// True: both name probes of one round.
    package func isOfRound(of other: ProbeIdentity) -> Bool {
        round == other.round && plan == other.plan && target == other.target
            && agent == other.agent
    }
}

/// One planned request: who asks, in which context, for which experiences.
///
/// Its parts stand behind one reference: a probe is handed on a dozen times between plan and store,
/// and its texts would be counted anew each time.
package struct Probe: Hashable, Sendable {
    private let parts: Parts

    package var identity: ProbeIdentity { parts.values.identity }
    /// The identity's; by itself, since every row wants it.
    package var index: Int { parts.values.identity.index }
    package var subject: Subject { parts.values.subject }
    package var context: Context { parts.values.context }
    /// The keys that travel in this fetch, at most `Pack.limit`.
    package var experiences: [String] { parts.values.experiences }
    /// The user agent that the context's device stands for.
    package var userAgent: String? { parts.values.userAgent }
    /// The address that the context's geo stands for.
    package var address: String? { parts.values.address }
    /// 0 for the first try; a failed cohort probe is asked again in later rounds.
    package var attempt: Int { parts.values.attempt }
    /// True: asked at a target that is compared with the plan's own.
    package var isCompared: Bool { parts.values.isCompared }

    private struct Values: Hashable, Sendable {
        let identity: ProbeIdentity
        let subject: Subject
        let context: Context
        let experiences: [String]
        let userAgent: String?
        let address: String?
        let attempt: Int
        let isCompared: Bool
    }

    private final class Parts: Sendable {
        let values: Values

        init(_ values: Values) {
            self.values = values
        }
    }

    package init(
        identity: ProbeIdentity, subject: Subject, context: Context, experiences: [String],
        userAgent: String? = nil, address: String? = nil, attempt: Int = 0,
        isCompared: Bool = false
    ) {
        precondition(experiences.count <= Pack.limit, "a fetch carries at most 25 keys")
        parts = Parts(
            Values(
                identity: identity, subject: subject, context: context, experiences: experiences,
                userAgent: userAgent, address: address, attempt: attempt, isCompared: isCompared))
    }

    package static func == (a: Probe, b: Probe) -> Bool {
        a.parts === b.parts || a.parts.values == b.parts.values
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(parts.values) }

    /// The same question at a target that is compared with the plan's own.
    package func compared(at target: String) -> Probe {
        Probe(
            identity: ProbeIdentity(
                agent: identity.agent, plan: identity.plan, target: target,
                round: identity.round, index: identity.index),
            subject: subject, context: context, experiences: experiences, userAgent: userAgent,
            address: address, attempt: attempt, isCompared: true)
    }
}

/// Experiences that travel in one fetch.
package enum Pack {
    /// The API drops every key after the 25th.
    package static let limit = 25
    /// A cohort subject that failed is asked this often again, then counted as missing.
    package static let attemptLimit = 5

    /// The keys in fetches of at most `limit`, in order.
    package static func packs(of experiences: [String]) -> [[String]] {
        stride(from: 0, to: experiences.count, by: limit).map {
            Array(experiences[$0..<min($0 + limit, experiences.count)])
        }
    }
}

/// A cohort probe that failed in an earlier round and is owed an answer.
package struct CarriedProbe: Hashable, Sendable {
    /// The subject by its label: a file's customer ids are never stored.
    package let label: String
    package let context: Context
    package let experiences: [String]
    /// How often it was asked before this round; at least 1.
    package let attempt: Int

    package init(label: String, context: Context, experiences: [String], attempt: Int) {
        self.label = label
        self.context = context
        self.experiences = experiences
        self.attempt = attempt
    }
}
