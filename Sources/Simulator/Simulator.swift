// Simulator: an experience API whose truth is known.
//
// In: a world (experiences, audiences, allocations, latencies, faults, a rate limit, edits at set
// times), a seed and a timeline. Out: HTTP answers as the vendor or an OFREP server would give
// them, and a journal of what was truly answered. The same world, seed and questions give the same
// answers. Its JSON is written here by hand, a second reading of the contract: must not know our
// decoder.
