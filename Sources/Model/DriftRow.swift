/// What is served now beside what was served over the baseline, for one experience: its audiences
/// (audience nil: the mix of audiences, nothing served among them), or one audience's variations.
package struct DriftRow: ReportRow {
    /// Sizes of a difference between two distributions, whatever the sample.
    package struct Sizes: Hashable, Sendable {
        /// Half the sum of absolute differences of shares, 0…1.
        package var totalVariation: Double
        /// Jensen–Shannon distance, base 2, 0…1.
        package var jensenShannon: Double
        /// Population stability index, Jeffreys smoothing.
        package var psi: Double
        /// Bias-corrected Cramér's V; nil: one arm alone.
        package var cramersV: Double?

        package init(
            totalVariation: Double, jensenShannon: Double, psi: Double, cramersV: Double?
        ) {
            self.totalVariation = totalVariation
            self.jensenShannon = jensenShannon
            self.psi = psi
            self.cramersV = cramersV
        }
    }

    package enum Verdict: String, Sendable, CaseIterable {
        case same, moved, inconclusive
    }

    package var target: String
    package var plan: String
    package var experience: String
    package var audience: String?
    package var segment: Segment
    /// Cohort subjects of the span and of the baseline, arm by arm in the same order.
    package var n: Int
    package var arms: [Arm]
    package var nBefore: Int
    package var armsBefore: [Arm]
    package var sizes: Sizes?
    /// Evidence of the arm that moved most against its frozen baseline, ln e.
    package var lnE: Double?
    package var verdict: Verdict
    /// Why it is inconclusive.
    package var reason: String?
    /// Arms that the baseline had none of, and that the span has none of.
    package var appeared: [String]
    package var vanished: [String]
    /// Panel subjects: those that moved, and all that were asked.
    package var panelMoved: Int
    package var panelSubjects: Int
    /// Nil: there is no baseline.
    package var compared: Hours?
    /// In time; those that the same hours of the week before show as well are none.
    package var changes: [Change] = []
    /// Nil: nobody moved, or it cannot be told.
    package var transition: Transition?
    /// Nil: the row is a mix of audiences, or nothing was read.
    package var contents: Contents?
    package var keys: [Keys] = []

    package init(
        target: String, plan: String, experience: String, audience: String?, segment: Segment,
        n: Int, arms: [Arm], nBefore: Int, armsBefore: [Arm], sizes: Sizes?, lnE: Double?,
        verdict: Verdict, reason: String? = nil, appeared: [String], vanished: [String],
        panelMoved: Int, panelSubjects: Int
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.segment = segment
        self.n = n
        self.arms = arms
        self.nBefore = nBefore
        self.armsBefore = armsBefore
        self.sizes = sizes
        self.lnE = lnE
        self.verdict = verdict
        self.reason = reason
        self.appeared = appeared
        self.vanished = vanished
        self.panelMoved = panelMoved
        self.panelSubjects = panelSubjects
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("audience", audience)
        json.name("segment")
        segment.write(to: &json)
        json.member("population", Population.cohort.rawValue)
        json.member("unit", "subject")
        json.member("n", n)
        json.name("arms")
        json.array(arms) { $1.write(to: &$0, withAllocation: false) }
        json.member("n_before", nBefore)
        json.name("arms_before")
        json.array(armsBefore) { $1.write(to: &$0, withAllocation: false) }
        json.member("total_variation", sizes?.totalVariation)
        json.member("jensen_shannon", sizes?.jensenShannon)
        json.member("psi", sizes?.psi)
        json.member("cramers_v", sizes?.cramersV)
        json.member("ln_e", lnE)
        json.member("verdict", verdict.rawValue)
        json.member("reason", reason)
        json.name("appeared")
        json.array(appeared) { $0.value($1) }
        json.name("vanished")
        json.array(vanished) { $0.value($1) }
        json.name("panel")
        json.object {
            $0.member("moved", panelMoved)
            $0.member("subjects", panelSubjects)
        }
        writeDetails(to: &json)
    }
}
