package import Model

/// One probe outside of any round, in a context that somebody names: its round is 0.
///
/// `subject` is a customer id; one that a subject file holds brings its identifiers along. Nil: the
/// panel subject that every round asks in this context, or, where a plan has no panel, a generated
/// one that no round ever asks. Returns nil where only a cohort file is left to choose from: each
/// of its users is used once, by a round.
package func singleProbe(
    of plan: Plan, experiences: [String], in context: Context, subject: String?, agent: String,
    seed: UInt64, pool: SubjectPool
) -> Probe? {
    let source = SubjectSource(
        plan: plan, agent: agent, number: 0, hash: KeyedHash(seed: seed), pool: pool,
        cohortUsed: 0, carried: [])
    let chosen = subject.map(source.named) ?? source.usual(in: context)
    guard let chosen else { return nil }
    let device = context.device.flatMap { name in
        plan.matrix.devices.first { $0.name == name } ?? Catalogue.device(named: name)
    }
    let geo = context.geo.flatMap { name in
        plan.matrix.geos.first { $0.name == name } ?? Catalogue.geo(named: name)
    }
    return Probe(
        identity: ProbeIdentity(
            agent: agent, plan: plan.name, target: plan.target, round: 0, index: 0),
        subject: chosen, context: context, experiences: experiences,
        userAgent: device?.userAgent, address: geo?.address)
}
