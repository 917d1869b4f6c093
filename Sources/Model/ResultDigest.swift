/// What rollups take from a result: the rest of it need not be read.
package struct ResultDigest: Hashable, Sendable {
    package var target: String
    package var plan: String
    package var round: Int
    package var index: Int
    package var context: Context
    package var population: Population
    package var attempt: Int
    package var dueAt: Instant
    package var phases: Phases
    /// Nil: answered.
    package var failure: Failure?
    package var isMaintenance: Bool
    /// Fingerprints may be those of another content of the same answer.
    package var observations: [Observation]

    package init(
        target: String, plan: String, round: Int, index: Int, context: Context,
        population: Population, attempt: Int, dueAt: Instant, phases: Phases,
        failure: Failure? = nil, isMaintenance: Bool = false,
        observations: [Observation]
    ) {
        self.target = target
        self.plan = plan
        self.round = round
        self.index = index
        self.context = context
        self.population = population
        self.attempt = attempt
        self.dueAt = dueAt
        self.phases = phases
        self.failure = failure
        self.isMaintenance = isMaintenance
        self.observations = observations
    }
}

extension ProbeResult {
    package var digest: ResultDigest {
        ResultDigest(
            target: probe.identity.target, plan: probe.identity.plan,
            round: probe.identity.round, index: probe.identity.index, context: probe.context,
            population: probe.subject.population, attempt: probe.attempt, dueAt: dueAt,
            phases: phases, failure: failure, isMaintenance: isMaintenance,
            observations: observations)
    }
}
