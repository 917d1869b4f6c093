/// How long what is recorded is kept, in microseconds; nil: for ever.
package struct Retention: Hashable, Sendable, Codable {
    /// Results and observations.
    package var observationsUs: Int64?
    /// Bodies of answers.
    package var answersUs: Int64?
    package var fiveMinuteUs: Int64?
    package var hourlyUs: Int64?
    package var dailyUs: Int64?

    package init(
        observationsUs: Int64? = 30 * Instant.microsecondsPerDay,
        answersUs: Int64? = 7 * Instant.microsecondsPerDay,
        fiveMinuteUs: Int64? = 7 * Instant.microsecondsPerDay,
        hourlyUs: Int64? = 400 * Instant.microsecondsPerDay, dailyUs: Int64? = nil
    ) {
        self.observationsUs = observationsUs
        self.answersUs = answersUs
        self.fiveMinuteUs = fiveMinuteUs
        self.hourlyUs = hourlyUs
        self.dailyUs = dailyUs
    }
}
