/// How long each kind of row is kept, in microseconds; nil: for ever.
package struct Retention: Hashable, Sendable, Codable {
    /// Results with their observations.
    package var observationsUs: Int64? = 30 * Instant.microsecondsPerDay
    /// Bodies of answers.
    package var answersUs: Int64? = 7 * Instant.microsecondsPerDay
    /// Rollups of five minutes.
    package var fiveMinuteUs: Int64? = 7 * Instant.microsecondsPerDay
    package var hourlyUs: Int64? = 400 * Instant.microsecondsPerDay
    package var dailyUs: Int64?

    /// What holds where nothing else was stated.
    package init() {}

    package init(
        observationsUs: Int64?, answersUs: Int64?, fiveMinuteUs: Int64?, hourlyUs: Int64?,
        dailyUs: Int64? = nil
    ) {
        self.observationsUs = observationsUs
        self.answersUs = answersUs
        self.fiveMinuteUs = fiveMinuteUs
        self.hourlyUs = hourlyUs
        self.dailyUs = dailyUs
    }
}
