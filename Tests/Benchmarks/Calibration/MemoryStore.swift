import Model
import Synchronization

/// A store without a file: results come in, windows are closed, rollups and findings stay.
///
/// It knows what windows of latencies and failures need; nothing flips in it.
final class MemoryStore: WindowStore {
    private struct Held {
        /// Of windows that are not closed yet, in time.
        var results: [ResultDigest] = []
        var rollups: [WindowSize: [Instant: [RollupScope: Tally]]] = [:]
        var snapshot: StateSnapshot?
        var findings: [WindowFindings] = []
    }

    private let configuration: StoredConfiguration
    private let held: Mutex<Held>

    convenience init(_ configuration: EffectiveConfiguration, since: Instant) {
        self.init(
            StoredConfiguration(hash: "1", validFrom: since, configuration: configuration), Held())
    }

    private init(_ configuration: StoredConfiguration, _ held: sending Held) {
        self.configuration = configuration
        self.held = Mutex(held)
    }

    /// Another store that holds the same.
    func copy() -> MemoryStore { MemoryStore(configuration, held.withLock { $0 }) }

    func record(_ results: [ResultDigest]) {
        held.withLock { $0.results += results }
    }

    func commit(_ closed: ClosedWindows) -> Bool {
        held.withLock { held in
            held.results.removeAll { $0.dueAt < closed.span.until }
            for rollup in closed.rollups {
                let (window, scope) = (rollup.key.window, rollup.key.scope)
                held.rollups[window.size, default: [:]][window.start, default: [:]][scope] =
                    rollup.tally
            }
            held.findings += closed.findings
            held.snapshot = closed.snapshots.last ?? held.snapshot
        }
        return true
    }

    func watermark() -> Instant? { held.withLock { $0.snapshot?.at } }

    func firstDue(from instant: Instant) -> Instant? {
        held.withLock { held in held.results.lazy.map(\.dueAt).first { $0 >= instant } }
    }

    func digests(
        in span: Span, target: String?, plan: String?, _ body: (ResultDigest) throws -> Void
    ) throws {
        for result in held.withLock({ $0.results })
        where span.since <= result.dueAt && result.dueAt < span.until { try body(result) }
    }

    func rollups(
        size: WindowSize, in span: Span, target: String?, plan: String?, shapes: [[String]]?
    ) -> [Rollup] {
        held.withLock { held in
            held.rollups[size, default: [:]].flatMap { start, tallies -> [Rollup] in
                guard span.since <= start, start < span.until else { return [] }
                let window = Window(size, containing: start)
                return tallies.compactMap { scope, tally in
                    guard target.map({ $0 == scope.target }) ?? true,
                        plan.map({ $0 == scope.plan }) ?? true,
                        shapes?.contains(scope.segment.coordinates.map(\.dimension)) ?? true
                    else { return nil }
                    let key = RollupKey(
                        target: scope.target, plan: scope.plan, segment: scope.segment,
                        window: window)
                    return Rollup(key: key, tally: tally)
                }
            }
        }
    }

    func tallies(
        size: WindowSize, in span: Span, target: String?, plan: String?, shapes: [[String]]?
    ) -> [RollupScope: Tally] {
        rollups(size: size, in: span, target: target, plan: plan, shapes: shapes)
            .reduce(into: [:]) { $0[$1.key.scope, default: Tally()].merge($1.tally) }
    }

    func snapshot(at instant: Instant) -> StateSnapshot? { held.withLock { $0.snapshot } }

    func windowFindings(in span: Span) -> [WindowFindings] {
        held.withLock { held in
            held.findings.filter { span.since <= $0.start && $0.start < span.until }
        }
    }

    func configurations() -> [StoredConfiguration] { [configuration] }
    func audienceNames() -> [String: String] { [:] }
    func horizon() -> Horizon { Horizon() }
    func lateResults(in span: Span) -> Int { 0 }
    func cellChanges(in span: Span, plan: String, target: String) -> [CellChange] { [] }
    func targetingMap(plan: String, target: String, at instant: Instant) -> [TargetingCell] { [] }
    func replace(_ closed: ClosedWindows) {}
    func rewind(to snapshot: StateSnapshot?, after former: Instant) {}
}
