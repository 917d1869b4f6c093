package import Model

/// One pass of a plan: a probe for each position, in the round's own order.
///
/// The index space holds the panel probes (context × pack), then the cohort probes (subject ×
/// pack). Position p asks the index that a keyed permutation puts there, so that every prefix
/// covers all dimensions evenly. Carried cohort probes follow at positions and indices after the
/// index space, in the order given.
package struct Round: Sendable {
    package let size: RoundSize
    private let plan: Plan
    private let agent: String
    private let number: Int
    private let matrix: Matrix
    private let packs: [[String]]
    private let order: Permutation?
    private let subjects: SubjectSource
    private let cohortContexts: CohortContexts
    private let carried: [CarriedProbe]
    private let userAgents: [String: String]
    private let addresses: [String: String]

    /// `experiences` are the resolved keys; `cohortUsed` counts the subjects of a cohort file that
    /// earlier rounds asked; `carried` are failed cohort probes, oldest first.
    package init(
        plan: Plan, experiences: [String], agent: String, seed: UInt64, number: Int,
        cohortSubjects: Int, cohortUsed: Int, pool: SubjectPool, carried: [CarriedProbe]
    ) {
        self.plan = plan
        self.agent = agent
        self.number = number
        self.carried = carried
        matrix = Matrix(plan.matrix)
        packs = experiences.isEmpty ? [[]] : Pack.packs(of: experiences)
        size = RoundSize(
            plan: plan, contexts: matrix.count, experienceCount: experiences.count,
            cohortSubjects: matrix.count == 0 ? 0 : cohortSubjects)
        let hash = KeyedHash(seed: seed)
        let name = [agent, plan.name, String(number)]
        order =
            size.probes == 0
            ? nil : Permutation(count: size.probes, key: hash.bits(["order"] + name))
        cohortContexts = CohortContexts(
            contexts: matrix.count, key: hash.bits(["cohort contexts"] + name))
        subjects = SubjectSource(
            plan: plan, agent: agent, number: number, hash: hash, pool: pool,
            cohortUsed: cohortUsed, carried: carried)
        userAgents = Dictionary(
            plan.matrix.devices.map { ($0.name, $0.userAgent) }, uniquingKeysWith: { $1 })
        addresses = Dictionary(
            plan.matrix.geos.map { ($0.name, $0.address) }, uniquingKeysWith: { $1 })
    }

    /// Probes of the index space and those carried.
    package var probes: Int { size.probes + carried.count }

    /// The probe at a position, 0 ..< probes. `now` resolves dimensions that are `now`.
    package func probe(at position: Int, now: Instant) -> Probe {
        precondition((0..<probes).contains(position), "a round's positions are 0 ..< probes")
        guard let order, position < size.probes else {
            return carriedProbe(at: position)
        }
        let index = order[position]
        return index < size.panelProbes
            ? panelProbe(at: index, now: now) : cohortProbe(at: index, now: now)
    }

    /// The position at which an index is asked; nil: the round has no such index.
    package func position(of index: Int) -> Int? {
        guard (0..<probes).contains(index) else { return nil }
        guard let order, index < size.probes else { return index }
        return order.place(of: index)
    }

    private func panelProbe(at index: Int, now: Instant) -> Probe {
        let context = matrix.context(at: index / packs.count, now: now)
        return probe(
            at: index, subject: subjects.panel(in: context), context: context,
            experiences: packs[index % packs.count])
    }

    private func cohortProbe(at index: Int, now: Instant) -> Probe {
        let (ordinal, pack) = (index - size.panelProbes).quotientAndRemainder(
            dividingBy: packs.count)
        let context = matrix.context(at: cohortContexts[ordinal], now: now)
        return probe(
            at: index, subject: subjects.cohort(ordinal, firstIndex: index - pack),
            context: context, experiences: packs[pack])
    }

    private func carriedProbe(at index: Int) -> Probe {
        let owed = carried[index - size.probes]
        return probe(
            at: index, subject: subjects.carried(owed.label), context: owed.context,
            experiences: owed.experiences, attempt: owed.attempt)
    }

    private func probe(
        at index: Int, subject: Subject, context: Context, experiences: [String], attempt: Int = 0
    ) -> Probe {
        Probe(
            identity: ProbeIdentity(
                agent: agent, plan: plan.name, target: plan.target, round: number, index: index),
            subject: subject, context: context, experiences: experiences,
            userAgent: context.device.flatMap { userAgents[$0] },
            address: context.geo.flatMap { addresses[$0] }, attempt: attempt)
    }
}

/// Which context each cohort subject is asked in: every context once, in a random order, then
/// every context again in another one.
private struct CohortContexts: Sendable {
    let contexts: Int
    let key: UInt64

    subscript(ordinal: Int) -> Int {
        let (cycle, place) = ordinal.quotientAndRemainder(dividingBy: contexts)
        return Permutation(count: contexts, key: mixed(key &+ UInt64(cycle)))[place]
    }
}
