// Storage: the one file that everything is written to, and the only place that speaks SQL.
//
// In: results, rounds, rollups, configurations. Out: the same, as values. One writer, one
// transaction for what belongs together, acknowledged only when it is on disk (WAL,
// synchronous = FULL); any number of readers beside it. Must not know: HTTP, statistics, rules.
