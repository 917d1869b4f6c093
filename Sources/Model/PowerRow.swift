/// What a plan could notice of one split within a time, at its own pace.
package struct PowerRow: Hashable, Sendable {
    package var target: String
    package var plan: String
    package var experience: String
    /// As it is stated; nil: the control group.
    package var audience: String?
    /// `everyone`, or the names of the dimensions whose values are watched one by one.
    package var segment: String
    package var span: Span
    /// Cohort subjects that come in within it, at most: those whom this audience gets may be fewer.
    package var subjects: Int
    /// The smallest departure of a share that is noticed with probability 0.8; nil: none.
    package var deviation: Double?
    /// The smallest share of panel subjects that moved which is noticed with probability 0.8 by the
    /// first re-probe of each; nil: there is no panel.
    package var flipShare: Double?
    /// The factor by which all answers of a compared target must be slower; nil: nothing is compared.
    package var slowdown: Double?

    package init(
        target: String, plan: String, experience: String, audience: String?, segment: String,
        span: Span, subjects: Int, deviation: Double?, flipShare: Double?, slowdown: Double?
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.segment = segment
        self.span = span
        self.subjects = subjects
        self.deviation = deviation
        self.flipShare = flipShare
        self.slowdown = slowdown
    }

    package enum Span: String, CaseIterable, Sendable {
        case hour = "1 h"
        case day = "1 d"
        case week = "7 d"

        package var days: Double {
            switch self {
            case .hour: 1 / 24.0
            case .day: 1
            case .week: 7
            }
        }
    }
}
