// Web: the daemon's HTTP side: the page, metrics, health.
//
// In: closures that give the page, metrics and readiness when they are asked. Out: answers on the
// listening address. Routing is a list; whatever is not on it is refused. Must not know: SQL; it
// computes no number.
