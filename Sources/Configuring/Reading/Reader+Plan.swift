import Model
import Planning

/// A plan that was read without a fault, with its file subjects and where it was stated.
struct ReadPlan {
    let plan: Plan
    let pool: SubjectPool
    let source: Members<PlanKey>
    /// Its name as the file writes it, which is what faults tell.
    let writtenName: String
    let cost: PlanCost

    init(plan: Plan, pool: SubjectPool, source: Members<PlanKey>, writtenName: String) {
        self.plan = plan
        self.pool = pool
        self.source = source
        self.writtenName = writtenName
        let count =
            switch plan.experiences {
            case .all: assumedExperienceCount
            case .keys(let keys): keys.count
            }
        cost = PlanCost(
            plan: plan, experienceCount: count, cohortFileCount: pool.cohort?.count)
    }
}

/// How many experiences `all` is taken to mean before the API was asked: a workspace's limit.
package let assumedExperienceCount = 20

extension Reader {
    /// A plan. `targets` are the names of all targets of the file, well stated or not.
    mutating func plan(_ member: Member, targets: [Member], zone: Zone) -> ReadPlan? {
        let faultsBefore = faults.count
        checkName(member.key, what: "a plan", at: member.place, path: member.value.path)
        guard let source = members(of: member.value, PlanKey.self) else { return nil }
        let target = required(.target, of: source, hint: "the name of one of targets").flatMap {
            self.target($0, among: targets)
        }
        let experiences = experiences(of: source)
        let cadence = cadence(of: source)
        let rate = required(.rate, of: source, hint: "for example 5/s").flatMap { self.rate($0) }
        let subjects = required(
            .subjects, of: source, hint: "a panel, a cohort or both"
        ).flatMap { self.subjects($0) }
        let faultsBeforeMatrix = faults.count
        let matrix = source[.matrix].flatMap { self.matrix($0) } ?? MatrixDefinition()
        let soundMatrix = faults.count == faultsBeforeMatrix ? matrix : nil
        let meant = split(of: source, watched: experiences, zone: zone)
        let watched = watchedFor(
            source, experiences: experiences, beside: meant, matrix: soundMatrix, zone: zone)
        let overlong: Overlong? = source[.overlong].flatMap {
            choice($0, as: "a way to treat an overlong round")
        }
        let active = source[.active].flatMap { self.active($0, zone: zone) }
        let connections: ConnectionPolicy? = source[.connections].flatMap {
            choice($0, as: "a way to use connections")
        }
        let compared =
            source[.compare].map { self.compared($0, own: target, among: targets) } ?? []
        guard faults.count == faultsBefore, let target, let experiences, let cadence, let rate,
            let subjects
        else { return nil }
        let plan = Plan(
            name: member.name, target: target, experiences: experiences, cadence: cadence,
            rate: rate, subjects: subjects.plan, matrix: matrix, allocations: meant.allocations,
            untested: meant.untested, controls: meant.controls, epoch: meant.epoch,
            overlong: overlong ?? .skip, active: active, connections: connections ?? .keepAlive,
            compared: compared, ramps: watched.ramps, expectations: watched.expectations,
            thresholds: watched.thresholds, watch: watched.pairs)
        return ReadPlan(
            plan: plan, pool: subjects.pool, source: source, writtenName: member.key.written)
    }

    mutating func target(_ value: Value, among targets: [Member]) -> String? {
        guard let name = text(of: value) else { return nil }
        if targets.contains(where: { $0.name == name.text }) { return name.text }
        fault(
            "\(quoted(name.written)) is not a target of this file", at: value,
            hint: ownSuggestion(for: name.written, among: targets.map(\.name)))
        return nil
    }

    private mutating func experiences(of source: Members<PlanKey>) -> ExperienceSelection? {
        let hint = "a list of experience keys, or all"
        guard let value = required(.experiences, of: source, hint: hint) else { return nil }
        if case .scalar(let scalar) = value.content {
            if scalar.text == "all" { return .all }
            fault("\(quoted(scalar.written)) is neither a list nor all", at: value, hint: hint)
            return nil
        }
        guard let items = someItems(of: value) else { return nil }
        var seen: [String: Place] = [:]
        return .keys(
            items.compactMap { item in
                guard let key = text(of: item, limit: 256),
                    isNew(key.text, at: item, called: quoted(key.written), in: &seen)
                else { return nil }
                return key.text
            })
    }

    private mutating func cadence(of source: Members<PlanKey>) -> Cadence? {
        var isContinuous = false
        if let value = source[.continuous] {
            guard let stated = truth(value) else { return nil }
            isContinuous = stated
        }
        switch source[.every] {
        case let every?:
            if isContinuous {
                fault("stands beside continuous", at: every, hint: "state one of them")
                return nil
            }
            let bounds = Instant.microsecondsPerSecond...366 * Instant.microsecondsPerDay
            return duration(every, in: bounds).map { .every(microseconds: $0) }
        case nil:
            if isContinuous { return .continuous }
            fault(
                "every is missing", at: source.owner,
                hint: "how often a round starts, for example 1h; or continuous: true")
            return nil
        }
    }
}
