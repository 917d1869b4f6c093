// Model: the nouns of Variometer, their invariants, and their one public shape as JSON.
//
// In: plain values. Out: plain values, their JSON text, and the codecs of what is stored.
// Everybody else speaks in these types: a probe is planned, a result is recorded, a rollup is
// merged, a report is read. Must not know: vendor JSON, SQL, HTTP, YAML, what time it is.
