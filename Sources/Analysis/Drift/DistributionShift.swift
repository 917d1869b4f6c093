package import Model

/// A mix over the last day departs from all of its likes before: the audiences of an experience, or
/// the variations of one.
package struct DistributionShift: Hashable, Sendable {
    /// One arm whose share is another one.
    package struct Move: Hashable, Sendable {
        package var arm: ServedArm
        package var before: Double
        package var now: Double
        /// Subjects of the last day in the arm.
        package var observed: Int
        package var lnE: Double
    }

    package var experience: String
    /// Nil: audiences are mixed.
    package var audience: String?
    /// The largest first; not empty.
    package var moves: [Move]
    /// Cohort subjects of the last day.
    package var n: Int
    /// Where the others did not move, or everyone; and the shares of the first move's arm there.
    package var place: ShiftPlace
    /// What it was compared with, and how many of them.
    package var likeness: Likeness
    package var likes: Int
    package var lnLimit: Double
    /// When it began: not after `sinceBy`, and not before `since`.
    package var since: Instant
    package var sinceBy: Instant
}
