import Analysis
import Model
import TestKit
import Testing

/// Streams of answers that are checked in parts, as a daemon does from one start to the next.
@Suite("Answer checker over a stream")
struct AnswerStreamTests {
    private static let experiences = ["hero", "promo", "rest"]

    /// Answers whose shape, content and campaign id stay what they are for stretches, some of them
    /// longer than what settles; `rest` is filled in anew each time.
    private static func stream(
        _ count: Int, from start: Int, _ generator: inout SplitMix64
    ) -> [ProbeResult] {
        var letters: [String: [String]] = [:]
        return (start..<start + count).map { number in
            let key = experiences.randomElement(using: &generator) ?? "hero"
            var state = letters[key] ?? ["a", "a", "1"]
            for place in state.indices where Int.random(in: 0..<30, using: &generator) == 0 {
                let alphabet = place == 2 ? ["1", "2"] : ["a", "b", "c"]
                state[place] = alphabet.randomElement(using: &generator) ?? "a"
            }
            letters[key] = state
            return answer(
                number, experience: key, shape: state[0],
                fingerprint: key == "rest" ? "\(number)" : state[1],
                campaign: "c_AB_\(state[2])_AU_A")
        }
    }

    /// Enough like answers under each key for everything to be settled; then nothing is counted.
    private static func calm(from start: Int) -> [ProbeResult] {
        (0..<3 * 20).map { number in
            let key = experiences[number % 3]
            return answer(
                start + number, experience: key, shape: "a",
                fingerprint: key == "rest" ? "\(start + number)" : "a", campaign: "c_AB_1_AU_A")
        }
    }

    /// Adds notes up as the store does.
    private static func add(_ notes: AnswerNotes, to sum: inout AnswerNotes) {
        sum.profiles.merge(notes.profiles) { $1 }
        for notice in notes.notices {
            let place = sum.notices.firstIndex { $0.key == notice.key && $0.kind == notice.kind }
            guard let place else {
                sum.notices.append(notice)
                continue
            }
            sum.notices[place].lastAt = max(sum.notices[place].lastAt, notice.lastAt)
            sum.notices[place].count += notice.count
            sum.notices[place].detail = notice.detail
        }
    }

    /// All notes of a stream in parts; `restarts`: each part is checked by a new checker that knows
    /// the profiles alone.
    private static func notes(_ parts: [[ProbeResult]], restarts: Bool) -> AnswerNotes {
        var sum = AnswerNotes()
        var checker = AnswerChecker()
        for part in parts {
            if restarts { checker = AnswerChecker(profiles: sum.profiles) }
            add(checker.check(part), to: &sum)
        }
        return sum
    }

    @Test("notices the same, however the stream comes in batches", arguments: 0..<20)
    func batches(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let stream = Self.stream(900, from: 0, &generator)
        var rest = stream[...]
        var parts: [[ProbeResult]] = []
        while !rest.isEmpty {
            parts.append(Array(rest.prefix(Int.random(in: 1...70, using: &generator))))
            rest = rest.dropFirst(parts.last?.count ?? 1)
        }
        let whole = Self.notes([stream], restarts: false)
        #expect(Self.notes(parts, restarts: false) == whole, "seed \(seed)")
        #expect(Set(whole.notices.map(\.kind)) == [.identity, .shape, .content], "seed \(seed)")
        #expect(!whole.notices.contains { $0.kind == .content && $0.key.experience == "rest" })
    }

    @Test(
        "resumed from its profiles while nothing unsettles, it notices the same", arguments: 0..<20)
    func resumed(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let parts = (0..<4).map { part in
            Self.stream(300, from: part * 400, &generator) + Self.calm(from: part * 400 + 300)
        }
        #expect(
            Self.notes(parts, restarts: true) == Self.notes(parts, restarts: false), "seed \(seed)")
    }

    /// What is half settled is begun anew: a content that did not stay for twenty answers between
    /// two starts is told of less often, never more.
    @Test("resumed anywhere, it ends up knowing the same", arguments: 0..<20)
    func resumedAnywhere(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let parts = (0..<5).map { Self.stream(150, from: $0 * 150, &generator) }
        let all = parts + [Self.calm(from: 750)]
        let unbroken = Self.notes(all, restarts: false)
        let resumed = Self.notes(all, restarts: true)
        func count(_ kind: AnswerNotice.Kind, _ notes: AnswerNotes) -> Int {
            notes.notices.filter { $0.kind == kind }.reduce(0) { $0 + $1.count }
        }
        #expect(resumed.profiles == unbroken.profiles, "seed \(seed)")
        #expect(count(.identity, resumed) == count(.identity, unbroken), "seed \(seed)")
        #expect(count(.content, resumed) <= count(.content, unbroken), "seed \(seed)")
    }
}
