/// One ramp: what is planned, and what is seen, day by day.
package struct RolloutRow: ReportRow {
    package enum State: String, Sendable, CaseIterable {
        /// Before its first step.
        case pending
        /// A step was taken so lately that nothing is tested.
        case grace
        case onPlan = "on_plan"
        /// The share stayed where the step before had it.
        case stuck
        case overshoot
        /// Subjects that were admitted are not any more.
        case leavers
        /// Off the plan in another way.
        case off
        /// Too few subjects to tell.
        case open
    }

    package struct Day: Hashable, Sendable {
        package var start: Instant
        /// Share that was meant at the day's end, 0…1; nil: before the first step.
        package var planned: Double?
        /// Cohort subjects: those that got it, of all.
        package var arm: Arm
        package var n: Int
        /// Panel subjects that were admitted, and that were dropped.
        package var came: Int
        package var dropped: Int

        package init(
            start: Instant, planned: Double?, arm: Arm, n: Int, came: Int, dropped: Int
        ) {
            self.start = start
            self.planned = planned
            self.arm = arm
            self.n = n
            self.came = came
            self.dropped = dropped
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    package var audience: String
    /// The variation that is widened; nil: being served at all.
    package var variation: String?
    package var state: State
    /// The present step; nil: there was none yet.
    package var stepAt: Instant?
    package var planned: Double?
    /// Cohort subjects since the step and its grace.
    package var arm: Arm?
    package var n: Int
    package var nextAt: Instant?
    package var next: Double?
    package var days: [Day]

    package init(
        target: String, plan: String, experience: String, audience: String, variation: String?,
        state: State, stepAt: Instant?, planned: Double?, arm: Arm?, n: Int, nextAt: Instant?,
        next: Double?, days: [Day]
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.variation = variation
        self.state = state
        self.stepAt = stepAt
        self.planned = planned
        self.arm = arm
        self.n = n
        self.nextAt = nextAt
        self.next = next
        self.days = days
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("audience", audience)
        json.member("variation", variation)
        json.member("state", state.rawValue)
        json.member("step_at", stepAt)
        json.member("planned", planned)
        json.member("n", n)
        json.name("observed")
        if let arm { arm.write(to: &json, withAllocation: true) } else { json.value(String?.none) }
        json.member("next_at", nextAt)
        json.member("next", next)
        json.name("days")
        json.array(days) { json, day in
            json.object { json in
                json.member("day", day.start)
                json.member("planned", day.planned)
                json.member("n", day.n)
                json.name("observed")
                day.arm.write(to: &json, withAllocation: true)
                json.member("came", day.came)
                json.member("dropped", day.dropped)
            }
        }
    }
}
