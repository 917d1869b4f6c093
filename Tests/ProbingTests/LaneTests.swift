import Model
import TestKit
import Testing

@testable import Probing

@Suite("An open window")
struct OpenWindowTests {
    @Test("knows the oldest open number, whatever the order in which they close")
    func random() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix64(seed: seed)
        var window = OpenWindow<Int>(start: 5)
        var open: Set<Int> = []
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                let number = window.open(window.end)
                open.insert(number)
            case 2:
                window.skip()
            default:
                guard let number = open.randomElement(using: &generator) else { continue }
                open.remove(number)
                window.close(number)
            }
            #expect(window.start == open.min() ?? window.end)
            #expect(window.first == open.min())
            #expect(window.isEmpty == open.isEmpty)
        }
    }
}

@Suite("A token bucket")
struct TokenBucketTests {
    @Test("allows one second's worth at once, then its rate")
    func burst() {
        var bucket = TokenBucket(Rate(perSecond: 10), now: 0)
        #expect((0..<30).count { _ in bucket.take(at: 0) } == 10)
        #expect((0..<30).count { _ in bucket.take(at: 500_000_000) } == 5)
        #expect((0..<30).count { _ in bucket.take(at: 60_000_000_000) } == 10)
    }

    @Test("never refuses a steady stream at its own rate", arguments: [0.1, 1, 3, 7, 333.3])
    func steady(perSecond: Double) {
        var bucket = TokenBucket(Rate(perSecond: perSecond), now: 0)
        let step = 1e9 / perSecond
        #expect((0..<10_000).allSatisfy { bucket.take(at: Int64((Double($0) * step).rounded())) })
    }

    @Test("makes the next wait for what was taken anyway")
    func overdrawn() {
        var bucket = TokenBucket(Rate(perSecond: 1), now: 0)
        bucket.takeAnyway(at: 0)
        bucket.takeAnyway(at: 0)
        let taken = [1_900_000_000, 2_000_000_000].map { bucket.take(at: $0) }
        #expect(taken == [false, true])
    }
}

@Suite("A stopwatch")
struct StopwatchTests {
    @Test("gives phases that add up to done − due, rounded down, for any stamps")
    func identity() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<1_000 {
            let due = Int64.random(in: 0..<10_000_000_000, using: &generator)
            var now = due + Int64.random(in: 0..<100_000, using: &generator)
            var watch = Stopwatch(dueNanoseconds: due, now: now)
            for stage in [Stage.resolving, .connecting, .securing, .writing, .awaiting, .receiving]
            {
                watch.enter(stage, at: now)
                now += Int64.random(in: 0..<5_000, using: &generator)
            }
            watch.stop(at: now)
            #expect(watch.phases.responseUs == (now - due) / 1_000)
        }
    }

    @Test("has no phase that was not reached, and gives the failing one its time")
    func failing() {
        var watch = Stopwatch(dueNanoseconds: 1_000, now: 3_000)
        watch.enter(.connecting, at: 3_000)
        watch.stop(at: 10_999)
        #expect(watch.phases == Phases(lagUs: 2, connectUs: 7))
    }

    @Test("never runs backwards")
    func backwards() {
        var watch = Stopwatch(dueNanoseconds: 5_000, now: 1_000)
        watch.enter(.writing, at: 900)
        watch.stop(at: 800)
        #expect(watch.phases == Phases(lagUs: 0, requestUs: 0))
    }
}
