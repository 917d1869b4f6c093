/// The planned steps of one ramp, and what changed beside them.
package struct RampHistory: Hashable, Sendable {
    package var target: String
    package var plan: String
    package var ramp: Ramp
    /// Ascending in time.
    package var marks: [ChartMark]

    package init(target: String, plan: String, ramp: Ramp, marks: [ChartMark] = []) {
        self.target = target
        self.plan = plan
        self.ramp = ramp
        self.marks = marks
    }
}
