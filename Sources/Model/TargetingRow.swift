/// The effective rule of one experience, as the targeting map shows it.
package struct TargetingRow: ReportRow {
    /// A line of the rule: what is answered, and where; the first that holds decides.
    package struct Clause: Hashable, Sendable {
        package var answer: String
        /// `geo IN and device not desktop-chrome`; empty: everywhere else.
        package var when: String

        package init(answer: String, when: String) {
            self.answer = answer
            self.when = when
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    /// Cells that were answered, and those that the rule does not give the answer of.
    package var cells: Int
    package var errors: Int
    package var conditions: Int
    package var clauses: [Clause]
    /// What is another answer now than at the baseline's end, in the same words.
    package var changes: [String]

    package init(
        target: String, plan: String, experience: String, cells: Int, errors: Int,
        conditions: Int, clauses: [Clause], changes: [String] = []
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.cells = cells
        self.errors = errors
        self.conditions = conditions
        self.clauses = clauses
        self.changes = changes
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("cells", cells)
        json.member("errors", errors)
        json.member("conditions", conditions)
        json.name("clauses")
        json.array(clauses) { json, clause in
            json.object {
                $0.member("answer", clause.answer)
                $0.member("when", clause.when)
            }
        }
        json.name("changes")
        json.array(changes) { $0.value($1) }
    }
}
