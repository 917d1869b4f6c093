/// When the results that wait are committed together: once there are so many of them, or so long
/// after the first of them came.
package struct CommitPace: Hashable, Sendable, Codable {
    package var results = 2_000
    package var everyUs: Int64 = 250_000

    /// What holds where nothing else was stated.
    package init() {}
}
