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
}

/// One planned request: who asks, in which context, for which experiences.
package struct Probe: Hashable, Sendable {
    package let identity: ProbeIdentity
    package let subject: Subject
    package let context: Context
    /// The keys that travel in this fetch, at most `Pack.limit`.
    package let experiences: [String]
    /// The user agent that the context's device stands for.
    package let userAgent: String?
    /// The address that the context's geo stands for.
    package let address: String?
    /// 0 for the first try; a failed cohort probe is asked again in later rounds.
    package let attempt: Int
    /// True: asked at a target that is compared with the plan's own.
    package let isCompared: Bool

    package init(
        identity: ProbeIdentity, subject: Subject, context: Context, experiences: [String],
        userAgent: String? = nil, address: String? = nil, attempt: Int = 0,
        isCompared: Bool = false
    ) {
        precondition(experiences.count <= Pack.limit, "a fetch carries at most 25 keys")
        self.identity = identity
        self.subject = subject
        self.context = context
        self.experiences = experiences
        self.userAgent = userAgent
        self.address = address
        self.attempt = attempt
        self.isCompared = isCompared
    }

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
