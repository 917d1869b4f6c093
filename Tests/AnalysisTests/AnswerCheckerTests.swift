import Analysis
import Model
import TestKit
import Testing

@Suite("Answer checker")
struct AnswerCheckerTests {
    /// What each answer of a stream makes the checker notice: `i` identity, `s` shape, `c` content.
    static func timeline(_ answers: [ProbeResult]) -> String {
        var checker = AnswerChecker()
        return answers.map { answer in
            let kinds = checker.check([answer]).notices.map { String($0.kind.rawValue.prefix(1)) }
            return kinds.isEmpty ? "." : kinds.joined()
        }.joined()
    }

    /// A stream whose letters stand for shapes, with one content.
    static func shapes(_ letters: String) -> [ProbeResult] {
        letters.enumerated().map { answer($0.offset, shape: "\($0.element):string") }
    }

    /// A stream whose letters stand for contents, of one shape.
    static func contents(_ letters: String) -> [ProbeResult] {
        letters.enumerated().map { answer($0.offset, fingerprint: "\($0.element)") }
    }

    static func run(_ letter: String, _ count: Int = AnswerChecker.settling) -> String {
        String(repeating: letter, count: count)
    }

    @Test("notices each payload that has other keys than usual")
    func otherKeys() {
        #expect(
            Self.timeline(Self.shapes("aaabaaccb"))
                == "...s..sss")
    }

    @Test("takes a shape for the usual one once it came twenty times in a row, and is quiet then")
    func settlingShape() {
        #expect(
            Self.timeline(Self.shapes("a" + Self.run("b") + "bbbab"))
                == "." + Self.run("s") + "...s.")
        #expect(
            Self.timeline(Self.shapes("a" + Self.run("b", 19) + "a" + Self.run("b", 21)))
                == "." + Self.run("s", 19) + "." + Self.run("s", 20) + ".")
    }

    @Test(
        "tells what a payload lacks and what is new in it",
        arguments: [
            ("Image:string,Title:string", "Title:string", "payload without Image:string"),
            ("Title:string", "Image:string,Title:string", "payload with Image:string"),
            (
                "Image:string,Title:string", "Image:number,Link:string,Title:string",
                "payload without Image:string, with Image:number, Link:string"
            ),
            ("Title:string", nil, nil), (nil, "Title:string", "payload with Title:string"),
        ] as [(String?, String?, String?)])
    func difference(usual: String?, seen: String?, told: String?) {
        var checker = AnswerChecker()
        let notes = checker.check([answer(0, shape: usual), answer(1, shape: seen)])
        #expect(notes.notices.first?.detail == told)
        #expect(notes.profiles.values.map(\.shape) == [usual ?? ""])
    }

    @Test("notices once that a constant payload became another one, since it first was")
    func content() throws {
        let stream = Self.contents(Self.run("a") + Self.run("b") + "bbba")
        #expect(Self.timeline(stream) == Self.run(".", 39) + "c....")
        var checker = AnswerChecker()
        let notes = checker.check(stream)
        let notice = try #require(notes.notices.first)
        #expect(notes.notices.count == 1 && notice.kind == .content && notice.count == 1)
        #expect(notice.firstAt == stream[20].dueAt && notice.lastAt == stream[39].dueAt)
        #expect(notice.detail == "payload a became b")
        #expect(notes.profiles.values.map(\.fingerprint) == ["b"])
    }

    @Test(
        "never takes a payload that is filled in for one that changed",
        arguments: [
            String(repeating: "abc", count: 100), run("a", 19) + run("b", 19) + run("a", 19),
            // Usual for once, then filled in: no single content is the new one.
            run("a") + String(repeating: "bc", count: 60), run("a", 19) + run("b", 40),
        ])
    func templates(letters: String) {
        #expect(Self.timeline(Self.contents(letters)) == Self.run(".", letters.count))
    }

    @Test(
        "holds the campaign id against the answer's own members",
        arguments: [
            ("65ea_F_T_WP_AB_2_P_0_AU_42D", "2", "42D", nil),
            (
                "65ea_F_T_WP_AB_1_P_0_AU_42D", "2", "42D",
                "cid names variation 1, moe_variation_id is 2"
            ),
            ("65ea_F_T_WP_AB_2_P_0_AU_7W", "2", "42D", "cid names audience 7W, audience_id is 42D"),
            // What the answer does not say, and what is no such id, contradict nothing.
            ("65ea_F_T_WP_AB_1_P_0_AU_42D", nil, nil, nil), ("65ea_AB_1", "2", "42D", nil),
            ("AB", "2", "42D", nil), ("65ea_AU_7W_AB", "2", "42D", nil), ("", "2", "42D", nil),
            (nil, "2", "42D", nil),
        ] as [(String?, String?, String?, String?)])
    func identity(campaign: String?, variation: String?, audience: String?, told: String?) {
        var checker = AnswerChecker()
        let notes = checker.check([
            answer(0, variation: variation, audience: audience, campaign: campaign)
        ])
        #expect(notes.notices.map(\.kind) == (told == nil ? [] : [.identity]))
        #expect(notes.notices.first?.detail == told)
    }

    @Test("counts contradictions for as long as they come")
    func identityCounts() {
        let stream = "..x.xx".enumerated().map {
            answer($0.offset, campaign: $0.element == "x" ? "c_AB_9_AU_A" : "c_AB_1_AU_A")
        }
        #expect(Self.timeline(stream) == "..i.ii")
        var checker = AnswerChecker()
        let notice = checker.check(stream).notices.first
        #expect(notice?.count == 3)
        #expect(notice?.firstAt == stream[2].dueAt && notice?.lastAt == stream[5].dueAt)
    }

    @Test("passes over failures, what is unmatched, and what comes during maintenance")
    func ignored() {
        var failed = answer(1, shape: "b")
        failed.failure = Failure(.malformed, .wrongShape)
        var worked = answer(2, shape: "b", campaign: "c_AB_9_AU_A")
        worked.isMaintenance = true
        var unmatched = answer(3, shape: "b")
        unmatched.observations = [Observation(experience: "hero", outcome: .unmatched, shape: "b")]
        var checker = AnswerChecker()
        #expect(checker.check([failed, worked, unmatched]) == AnswerNotes())
        let notes = checker.check([answer(4, shape: "a"), failed, worked, unmatched])
        #expect(notes.profiles.values.map(\.shape) == ["a"] && notes.notices.isEmpty)
    }

    @Test("remembers ten thousand keys, and checks no answers under further ones")
    func limit() {
        let known = (0..<10_000).map { number in
            AnswerKey(
                target: "t", plan: "shop", experience: "hero", audience: "\(number)",
                variation: "1")
        }
        let profile = AnswerProfile(shape: "a", fingerprint: nil)
        var checker = AnswerChecker(
            profiles: Dictionary(uniqueKeysWithValues: known.map { ($0, profile) }))
        let further = answer(0, audience: "new", shape: "b", campaign: "c_AB_9_AU_A")
        #expect(checker.check([further, further]) == AnswerNotes())
        #expect(checker.check([answer(0, audience: "7", shape: "b")]).notices.count == 1)
    }
}

/// A result that serves one variation, `seconds` after the start.
func answer(
    _ seconds: Int, experience: String = "hero", variation: String? = "1", audience: String? = "A",
    shape: String? = "Title:string", fingerprint: String? = "f", campaign: String? = nil
) -> ProbeResult {
    var answer = result(
        after: Int64(seconds) * Instant.microsecondsPerSecond, experience: experience)
    answer.observations = [
        Observation(
            experience: experience, outcome: .served, variation: variation, audience: audience,
            campaign: campaign, fingerprint: fingerprint, shape: shape)
    ]
    return answer
}
