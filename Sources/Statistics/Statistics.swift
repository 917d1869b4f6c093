// Statistics: numbers in, numbers out.
//
// In: counts, shares, measured values. Out: sketches that merge, intervals, tests; a typed error
// where the input cannot be answered, never a number that stands for one. Must not know: any noun
// of the domain, time, files. Each formula names its source, its assumptions and its limits.

/// Why a function cannot answer.
package enum StatisticsError: String, Error, Hashable, Sendable {
    case lengthMismatch = "length_mismatch"
    case negativeCount = "negative_count"
    case probabilityOutOfRange = "probability_out_of_range"
    case probabilitiesNotNormalized = "probabilities_not_normalized"
    case successesExceedTrials = "successes_exceed_trials"
    case invalidAlpha = "invalid_alpha"
    case invalidArgument = "invalid_argument"
    case raggedTable = "ragged_table"
    case emptyInput = "empty_input"
}
