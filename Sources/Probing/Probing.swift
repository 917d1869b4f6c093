// Probing: one probe in, one result out, at the pace of a schedule.
//
// In: an endpoint (a target and its key) and schedules of planned probes. Out: batches of
// results with exact times, and counts of what was not sent. The path of a probe:
//
//   Prober ─► Lane ─► ConnectionPool ─► Connector ─► Connection ─► MoEngage ─► ProbeResult
//             pace     reuse, timeouts   DNS TCP TLS   HTTP/1.1      decoding
//
// Everything between Prober and result lives in plain classes on one event loop: no task, actor
// or lock per probe. Must not know: why a probe was planned, the store, statistics.
