/// The smallest departure of a share from what is meant that is worth waking someone.
package struct Thresholds: Hashable, Sendable, Codable {
    /// As a difference of shares, 0…1.
    package var points: Double
    /// As a part of the share that is meant, 0…1.
    package var relative: Double

    package init(points: Double = 0.02, relative: Double = 0.15) {
        self.points = points
        self.relative = relative
    }

    /// How far a share that is meant, 0…1, may be missed: the smaller of both wins.
    package func limit(of share: Double) -> Double { min(points, relative * share) }
}
