import TestKit
import Testing

@testable import Probing

/// What a queue must do, as simply as it can be said: one list of all that wait.
private struct SimpleQueue {
    private var inFlight: Set<String> = []
    private(set) var waiting: [(subject: String, item: Int)] = []

    mutating func enter(_ subject: String) -> Bool { inFlight.insert(subject).inserted }

    mutating func hold(_ item: Int, for subject: String) { waiting.append((subject, item)) }

    mutating func leave(_ subject: String) -> Int? {
        guard let place = waiting.firstIndex(where: { $0.subject == subject }) else {
            inFlight.remove(subject)
            return nil
        }
        return waiting.remove(at: place).item
    }

    mutating func remove(where isWanted: (Int) -> Bool) -> [Int] {
        defer { waiting.removeAll { isWanted($0.item) } }
        return waiting.map(\.item).filter(isWanted)
    }
}

@Suite("A queue of subjects")
struct SubjectQueueTests {
    @Test("does what the simplest one does, whatever happens")
    func random() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix64(seed: seed)
        var queue = SubjectQueue<Int>()
        var simple = SimpleQueue()
        for item in 0..<2_000 {
            let subject = ["a", "b", "c", "d"].randomElement(using: &generator) ?? "a"
            switch Int.random(in: 0..<20, using: &generator) {
            case 0:
                let remainder = Int.random(in: 0..<3, using: &generator)
                let removed = queue.remove { $0 % 3 == remainder }
                // Of one subject in order; which subject comes first is not said.
                #expect(removed.sorted() == simple.remove { $0 % 3 == remainder })
            case 1..<10:
                #expect(queue.leave(subject) == simple.leave(subject))
            default:
                let isAlone = queue.enter(subject)
                #expect(isAlone == simple.enter(subject))
                guard !isAlone else { continue }
                queue.hold(item, for: subject)
                simple.hold(item, for: subject)
            }
            #expect(queue.count == simple.waiting.count)
        }
    }

    @Test("lets one of a subject through at a time, in order")
    func order() {
        var queue = SubjectQueue<String>()
        #expect(queue.enter("a") == true)
        for item in ["a1", "a2", "a3"] {
            #expect(queue.enter("a") == false)
            queue.hold(item, for: "a")
        }
        #expect(queue.enter("b") == true, "subjects do not wait for each other")
        #expect(queue.count == 3)
        #expect((0..<4).map { _ in queue.leave("a") } == ["a1", "a2", "a3", nil])
        #expect(queue.count == 0)
        #expect(queue.enter("a") == true, "nothing is in flight any more")
        #expect(queue.leave("nobody") == nil)
    }

    @Test("gives back what is not wanted, and lets the rest pass in order")
    func remove() {
        var queue = SubjectQueue<Int>()
        #expect(["a", "b"].map { queue.enter($0) } == [true, true])
        for item in 0..<6 { queue.hold(item, for: item < 4 ? "a" : "b") }
        #expect(queue.remove { $0.isMultiple(of: 2) }.sorted() == [0, 2, 4])
        #expect(queue.remove { $0.isMultiple(of: 2) } == [])
        #expect(queue.count == 3)
        #expect(queue.enter("a") == false, "one is still in flight")
        #expect((0..<3).map { _ in queue.leave("a") } == [1, 3, nil])
        #expect((0..<2).map { _ in queue.leave("b") } == [5, nil])
    }
}
