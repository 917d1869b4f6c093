import Model
import NIOCore
import TestKit
import Testing

@testable import Probing

@Suite("A memo of answers")
struct AnswerMemoTests {
    /// Counts what is read in earnest; an observation names the reading that it came from.
    struct Reader {
        var memo = AnswerMemo()
        private(set) var readings = 0
        var failure: Failure?

        /// What the memo says, as the number of the reading; nil: it failed.
        mutating func read(
            _ body: String, status: Int = 200, encoding: String? = nil,
            experiences: [String] = ["hero"]
        ) -> Int? {
            var isRead = false
            let number = readings
            let verdict = memo.reading(
                of: Response(status: status, encoding: encoding, body: ByteBuffer(string: body)),
                to: probe(experiences: experiences)
            ) {
                isRead = true
                if let failure { return .failed(failure) }
                return .answered([
                    Observation(
                        experience: "hero", outcome: .served, variation: String(number))
                ])
            }.verdict
            if isRead { readings += 1 }
            guard case .answered(let observations) = verdict else { return nil }
            return observations.first?.variation.flatMap { Int($0) }
        }
    }

    @Test("remembers what the same bytes meant")
    func same() {
        var reader = Reader()
        #expect((0..<3).map { _ in reader.read("one") } == [0, 0, 0])
        #expect((0..<3).map { _ in reader.read("two") } == [1, 1, 1])
        #expect(reader.read("one") == 0)
        #expect(reader.read("") == 2 && reader.read("") == 2)
    }

    @Test("takes nothing for the same that was asked or encoded otherwise")
    func other() {
        var reader = Reader()
        #expect(reader.read("one") == 0)
        #expect(reader.read("one", experiences: ["hero", "promo"]) == 1)
        #expect(reader.read("one", experiences: ["promo", "hero"]) == 2)
        #expect(reader.read("one", experiences: []) == 3)
        #expect(reader.read("one", encoding: "gzip", experiences: []) == 4)
        #expect(reader.read("one", encoding: "identity", experiences: []) == 5)
        #expect(reader.read("one", encoding: "identity", experiences: []) == 5)
    }

    @Test("never takes one answer for another, however many share a place")
    func collisions() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix64(seed: seed)
        var memo = AnswerMemo()
        // Many times as many bodies as there are places, of which lengths differ by little.
        for _ in 0..<6_000 {
            let number = Int.random(in: 0..<2_000, using: &generator)
            let body = String(repeating: "x", count: number % 17) + String(number)
            let expected = [Observation(experience: body, outcome: .unmatched)]
            let verdict = memo.reading(
                of: Response(status: 200, body: ByteBuffer(string: body)), to: probe()
            ) { .answered(expected) }.verdict
            guard case .answered(expected) = verdict else {
                return #expect(Bool(false), "another answer's observations")
            }
        }
    }

    @Test("keeps answers of 16 KiB and no larger ones")
    func large() {
        var reader = Reader()
        let largest = String(repeating: " ", count: 16 << 10)
        #expect(reader.read(largest) == 0 && reader.read(largest) == 0)
        #expect(reader.read(largest + " ") == 1 && reader.read(largest + " ") == 2)
    }

    @Test("keeps no failure")
    func failures() {
        var reader = Reader()
        reader.failure = Failure(.malformed, .notJSON)
        #expect(reader.read("one") == nil && reader.read("one") == nil)
        #expect(reader.readings == 2)
        reader.failure = nil
        #expect(reader.read("one") == 2)
    }

    @Test("keeps and gives nothing of another status than 200", arguments: [404, 429, 503])
    func statuses(status: Int) {
        var reader = Reader()
        #expect(reader.read("one", status: status) == 0 && reader.read("one", status: status) == 1)
        #expect(reader.read("one") == 2)
        #expect(reader.read("one", status: status) == 3)
        #expect(reader.read("one") == 2)
    }

    @Test("reads from a slice of a larger buffer as from the whole")
    func slices() throws {
        var memo = AnswerMemo()
        let buffer = ByteBuffer(string: "..one..one!.")
        let texts = try [(2, 3), (7, 3), (7, 4)].map { start, length in
            let slice = try #require(buffer.getSlice(at: start, length: length))
            let verdict = memo.reading(
                of: Response(status: 200, body: slice), to: probe()
            ) { .answered([Observation(experience: "at \(start)", outcome: .unmatched)]) }.verdict
            guard case .answered(let observations) = verdict else { return "failed" }
            return observations[0].experience + ", \(length)"
        }
        #expect(texts == ["at 2, 3", "at 2, 3", "at 7, 4"])
    }
}
