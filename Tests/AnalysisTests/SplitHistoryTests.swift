import Analysis
import Model
import Testing

private let step = WindowSize.fiveMinutes.microseconds

/// An epoch of five-minute windows: ten subjects in each, of which variation 1 gets half until `turn`
/// and eight from there on.
private struct Epoch {
    let turn: Int
    let length: Int

    func at(_ windows: Int) -> Instant { start.advanced(by: Int64(windows) * step) }

    func counts(until window: Int) -> [String: Int] {
        let first = 5 * min(window, turn) + 8 * max(0, window - turn)
        return ["1": first, "2": 10 * window - first]
    }

    /// Points of this epoch, of the one before and of other splits, as a store mixes them.
    func path(limitReached: Int = .max) -> [SplitPoint] {
        (0..<length).flatMap { window -> [SplitPoint] in
            let own = SplitPoint(
                start: at(window), target: "t", plan: "shop", experience: "hero", audience: "A",
                since: start, epoch: 1, arms: counts(until: window + 1), lnE: 0,
                lnEMax: window + 1 >= limitReached ? 8 : 0)
            var (former, other) = (own, own)
            former.since = start.advanced(by: -1)
            other.audience = "B"
            return [own, former, other]
        }
    }

    /// The row that counts from a window on until the end.
    func row(from window: Int = 0) -> SplitRow {
        let (all, before) = (counts(until: length), counts(until: window))
        let n = 10 * (length - window)
        let arms = ["1", "2"].map { name -> Arm in
            let observed = (all[name] ?? 0) - (before[name] ?? 0)
            return Arm(
                variation: name, allocation: 0.5, observed: observed,
                share: Double(observed) / Double(n), low: 0, high: 1)
        }
        return SplitRow(
            target: "t", plan: "shop", experience: "hero", audience: "A", population: .cohort,
            n: n, missing: 0, arms: arms,
            sequential: SequentialTest(lnE: 1, lnEMax: 1, alpha: 0.0005, lnLimit: 7.6),
            verdict: .ok, since: at(window))
    }

    func history(from window: Int = 0, isBounded: Bool = false, limitReached: Int = .max)
        -> SplitHistory?
    {
        SplitHistory(
            of: row(from: isBounded ? window : 0), along: path(limitReached: limitReached),
            epoch: start, over: Span(since: at(window), until: at(length)))
    }
}

@Suite("The history of a split")
struct SplitHistoryTests {
    @Test("is the path of the row's epoch, thinned, with the row at its end")
    func whole() throws {
        let epoch = Epoch(turn: 2_000, length: 1_000)
        let history = try #require(epoch.history(limitReached: 700))
        #expect(history.since == start && history.points.count <= 241)
        #expect(history.points.first?.n == 10 && history.points.last?.n == 10_000)
        #expect(zip(history.points, history.points.dropFirst()).allSatisfy { $0.at < $1.at })
        #expect(history.points.last?.at == epoch.at(1_000))
        #expect(history.points.last?.arms == epoch.row().arms)
        #expect(history.reachedAt == epoch.at(700))
        #expect(
            history.points.dropLast().allSatisfy { $0.arms[0].low < 0.5 && $0.arms[0].high > 0.5 })
        #expect(history.off == [[], []])
    }

    @Test("of a span that begins later is drawn from there on, and still counts since the epoch")
    func running() throws {
        let epoch = Epoch(turn: 2_000, length: 1_000)
        let history = try #require(epoch.history(from: 600))
        #expect(history.since == start)
        // How it stood when the span began, then as it went on.
        #expect(history.points.map(\.at).min() == epoch.at(600))
        #expect(history.points.first?.n == 6_000 && history.points.last?.n == 10_000)
        let first = try #require(history.points.first?.arms[0])
        #expect(first.high - first.low < 0.1)
    }

    @Test("ends in the epoch's last window where the row tells of the span alone")
    func bounded() throws {
        let epoch = Epoch(turn: 500, length: 1_000)
        let row = epoch.row(from: 600)
        #expect(row.n == 4_000 && row.arms[0].share == 0.8)
        let history = try #require(epoch.history(from: 600, isBounded: true))
        let last = try #require(history.points.last)
        #expect(last.at == epoch.at(1_000) && last.n == 10_000)
        #expect(abs(last.arms[0].share - 0.65) < 1e-9)
        #expect(zip(history.points, history.points.dropFirst()).allSatisfy { $0.n <= $1.n })
    }

    @Test("knows what was off, and when the limit was reached, before what is drawn")
    func earlier() throws {
        let epoch = Epoch(turn: 100, length: 1_000)
        let history = try #require(epoch.history(from: 600, limitReached: 300))
        let off = try #require(history.off[0].first)
        #expect(epoch.at(100) < off.since && off.since < epoch.at(300))
        // The row of the test has no band that excludes anything.
        #expect(off.until == epoch.at(1_000))
        #expect(history.reachedAt == epoch.at(300))
    }

    @Test("is none where windows left nothing, or nothing is tested")
    func none() {
        let epoch = Epoch(turn: 0, length: 10)
        let span = Span(since: start, until: epoch.at(10))
        #expect(SplitHistory(of: epoch.row(), along: [], epoch: start, over: span) == nil)
        #expect(
            SplitHistory(of: epoch.row(), along: epoch.path(), epoch: epoch.at(-9), over: span)
                == nil)
        var untested = epoch.row()
        untested.sequential = nil
        #expect(
            SplitHistory(of: untested, along: epoch.path(), epoch: start, over: span) == nil)
    }
}
