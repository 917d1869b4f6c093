import Model
import Testing

@testable import Variometer

@Suite("What waits for its commit")
struct CommitQueueTests {
    private static let millisecond: Int64 = 1_000_000

    private static func queue(results: Int = 10, everyMs: Int64 = 250) -> CommitQueue {
        var pace = CommitPace()
        pace.results = results
        pace.everyUs = everyMs * 1_000
        return CommitQueue(pace: pace)
    }

    private static func batch(
        _ count: Int, plan: String = "shop", isUrgent: Bool = false
    ) -> CommitQueue.Batch {
        CommitQueue.Batch(
            results: (0..<count).map { probeResult(index: $0, plan: plan) },
            round: roundStatus(plan: plan), isUrgent: isUrgent
        ) { _ in }
    }

    private static let call = CommitQueue.Call {
    } done: { _ in
    }

    /// A step in words: `commit 3+4`, `call`, `wait 250`, `wait`, `end`.
    private static func words(_ step: CommitQueue.Step) -> String {
        switch step {
        case .commit(let batches):
            "commit " + batches.map { "\($0.results.count)" }.joined(separator: "+")
        case .call: "call"
        case .wait(let nanoseconds?): "wait \(nanoseconds / millisecond)"
        case .wait(nil): "wait"
        case .end: "end"
        }
    }

    @Test("is committed together, so long after the first of it came")
    func time() {
        var queue = Self.queue()
        #expect(Self.words(queue.step(at: 0)) == "wait")
        queue.add(Self.batch(3), at: 0)
        queue.add(Self.batch(4, plan: "other"), at: 100 * Self.millisecond)
        #expect(Self.words(queue.step(at: 100 * Self.millisecond)) == "wait 150")
        #expect(queue.results == 7)
        #expect(Self.words(queue.step(at: 250 * Self.millisecond)) == "commit 3+4")
        #expect(queue.results == 0 && queue.isEmpty)
        #expect(Self.words(queue.step(at: 250 * Self.millisecond)) == "wait")
    }

    @Test("is committed once there is enough of it, or where it does not wait")
    func count() {
        var queue = Self.queue()
        queue.add(Self.batch(9), at: 0)
        #expect(Self.words(queue.step(at: 0)) == "wait 250")
        queue.add(Self.batch(1), at: 1)
        #expect(Self.words(queue.step(at: 1)) == "commit 9+1")
        queue.add(Self.batch(2), at: 2)
        queue.add(Self.batch(0, isUrgent: true), at: 2)
        #expect(Self.words(queue.step(at: 2)) == "commit 2+0")
        var eager = Self.queue(everyMs: 0)
        eager.add(Self.batch(1), at: 7)
        #expect(Self.words(eager.step(at: 7)) == "commit 1")
    }

    @Test("is written in its order: a call waits for what came before, and for nothing after")
    func order() {
        var queue = Self.queue()
        queue.add(Self.batch(1), at: 0)
        queue.add(Self.call, at: 0)
        queue.add(Self.batch(2), at: 0)
        #expect(Self.words(queue.step(at: 0)) == "commit 1")
        #expect(Self.words(queue.step(at: 0)) == "call")
        #expect(Self.words(queue.step(at: 0)) == "wait 250")
    }

    @Test("is written at the end, and nothing more is taken")
    func end() {
        var queue = Self.queue()
        queue.add(Self.batch(1), at: 0)
        queue.close()
        let isTaken = queue.add(Self.batch(1), at: 0) || queue.add(Self.call, at: 0)
        #expect(!isTaken)
        #expect(Self.words(queue.step(at: 0)) == "commit 1")
        #expect(Self.words(queue.step(at: 0)) == "end")
    }

    @Test("does not grow by what only tells how far a round is")
    func statusAlone() {
        var queue = Self.queue()
        queue.add(Self.batch(2), at: 0)
        queue.add(Self.batch(0, plan: "other"), at: 0)
        for _ in 0..<1_000 {
            queue.add(Self.batch(0), at: 1)
            queue.add(Self.batch(0, plan: "other"), at: 1)
        }
        #expect(Self.words(queue.step(at: 250 * Self.millisecond)) == "commit 2+0+0")
        // Not past a call, nor past results of its own round.
        queue.add(Self.batch(0), at: 0)
        queue.add(Self.call, at: 0)
        queue.add(Self.batch(0), at: 0)
        queue.add(Self.batch(1), at: 0)
        queue.add(Self.batch(0), at: 0)
        #expect(Self.words(queue.step(at: 0)) == "commit 0")
        #expect(Self.words(queue.step(at: 0)) == "call")
        #expect(Self.words(queue.step(at: 250 * Self.millisecond)) == "commit 0+1+0")
    }

    @Test("is tried again after rests that double up to a limit")
    func backoff() {
        var backoff = Backoff()
        let rests = (0..<7).map { _ in backoff.rest() }
        #expect(rests == [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000].map { .milliseconds($0) })
        backoff.reset()
        #expect(backoff.rest() == .milliseconds(250))
    }
}
