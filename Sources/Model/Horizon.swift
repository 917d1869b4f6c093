/// What retention has left of the past. Nothing of a kind that ended by its instant is there any
/// more; nil: all of it is.
package struct Horizon: Hashable, Sendable {
    /// Results and observations.
    package var rows: Instant?
    /// Bodies of answers.
    package var answers: Instant?
    private var rollups: [WindowSize: Instant] = [:]

    package init(rows: Instant? = nil, answers: Instant? = nil) {
        self.rows = rows
        self.answers = answers
    }

    /// Rollups of one size.
    package subscript(size: WindowSize) -> Instant? {
        get { rollups[size] }
        set { rollups[size] = newValue }
    }
}
