// Planning: dimensions become a matrix, a matrix becomes rounds, a round becomes probes.
//
// In: a plan, its resolved experiences, a seed, a round's number, the failed cohort probes of
// earlier rounds. Out: a probe for each position of the round, computed from the position alone:
// nothing is listed, nothing is kept, so a round of 10⁹ probes takes no memory and resumes
// anywhere. Must not know: what came back, the network, the store, what time it is.
