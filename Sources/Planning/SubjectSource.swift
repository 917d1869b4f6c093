import Model

/// Who is asked: panel subjects by context, cohort subjects by their place in a round.
struct SubjectSource: Sendable {
    private let plan: Plan
    private let hash: KeyedHash
    private let pool: SubjectPool
    /// What the names of a round's cohort subjects are drawn from.
    private let roundNames: NumberedNames
    private let panelKey: UInt64
    private let cohortUsed: Int
    private let cohortOrder: Permutation?
    /// Users of a cohort file that are owed an answer, by label.
    private let owed: [String: SubjectRecord]

    init(
        plan: Plan, agent: String, number: Int, hash: KeyedHash, pool: SubjectPool,
        cohortUsed: Int, carried: [CarriedProbe]
    ) {
        self.plan = plan
        self.hash = hash
        self.pool = pool
        self.cohortUsed = cohortUsed
        roundNames = hash.names(["cohort", agent, plan.name, String(number)])
        panelKey = hash.bits(["panel", plan.name])
        let records = pool.cohort ?? []
        cohortOrder =
            records.isEmpty
            ? nil : Permutation(count: records.count, key: hash.bits(["cohort file", plan.name]))
        let wanted = Set(carried.map(\.label))
        var owed: [String: SubjectRecord] = [:]
        if !wanted.isEmpty {
            for record in records {
                let label = Self.label(of: record, by: hash)
                if wanted.contains(label) { owed[label] = record }
            }
        }
        self.owed = owed
    }

    /// The same panel subject for the same context, round after round.
    func panel(in context: Context) -> Subject {
        let place = spread(context.segment.description, key: panelKey)
        switch plan.subjects.panel {
        case .generated(let count, let prefix):
            let name = prefix + fourDigits(Int(place % UInt64(count)))
            return Subject(customerID: name, population: .panel)
        case .file, nil:
            let records = pool.panel ?? []
            precondition(!records.isEmpty, "a panel file holds at least one user")
            return subject(records[Int(place % UInt64(records.count))], .panel)
        }
    }

    /// A cohort subject by its place in the round; generated ones are named by the index of their
    /// first pack.
    func cohort(_ ordinal: Int, firstIndex: Int) -> Subject {
        if let cohortOrder, let records = pool.cohort {
            return subject(records[cohortOrder[cohortUsed + ordinal]], .cohort)
        }
        let name = roundNames.name(of: firstIndex, prefix: generatedPrefix)
        return Subject(customerID: name, population: .cohort)
    }

    /// A cohort subject of an earlier round.
    func carried(_ label: String) -> Subject {
        owed[label].map { subject($0, .cohort) }
            ?? Subject(customerID: label, population: .cohort)
    }

    /// A subject by its customer id, as the plan's files know it.
    func named(_ customerID: String) -> Subject {
        let records = (pool.panel ?? []) + (pool.cohort ?? [])
        return records.first { $0.customerID == customerID }.map { subject($0, .panel) }
            ?? Subject(customerID: customerID, population: .panel)
    }

    /// Whom to ask in a context where nobody is named; nil: only users of a cohort file.
    func usual(in context: Context) -> Subject? {
        if plan.subjects.panel != nil { return panel(in: context) }
        guard case .generated(let prefix) = plan.subjects.cohort?.source else { return nil }
        return Subject(customerID: prefix + "trace", population: .panel)
    }

    private var generatedPrefix: String {
        if case .generated(let prefix) = plan.subjects.cohort?.source { prefix } else { "" }
    }

    private func subject(_ record: SubjectRecord, _ population: Population) -> Subject {
        Subject(
            customerID: record.customerID, label: Self.label(of: record, by: hash),
            population: population, identifiers: record.identifiers)
    }

    /// A file's customer ids are stored as a keyed hash of 128 bits.
    private static func label(of record: SubjectRecord, by hash: KeyedHash) -> String {
        hash.hex(["label", record.customerID], bytes: 16)
    }

    private func fourDigits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }
}
