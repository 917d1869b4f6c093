// Analysis: results become rollups, rollups become reports and findings.
//
// In: results in due order; rollups; for a report, a `PlanEvidence` for each plan (its tallies by
// segment over the report's span, and for splits those since each experience's epoch). Out:
// rollups, `Report` values with final numbers, findings. Every quantile is read last, from merged
// sketches. Must not know: where data came from, which rules matter to whom, what time it is.
