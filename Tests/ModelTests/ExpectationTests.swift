import Model
import Testing

@Suite("An expectation")
struct ExpectationTests {
    private let weekend = Expectation(
        when: [
            Expectation.Condition(dimension: "geo", values: ["IN"]),
            Expectation.Condition(dimension: "day", values: ["Saturday", "Sunday"]),
            Expectation.Condition(dimension: "medium", values: ["email", nil]),
        ], experience: "hero", audience: "7W",
        payload: [PayloadMember(name: "Title", value: "Sale")])

    @Test(
        "holds in the contexts that have, for each dimension it names, one of the values",
        arguments: [
            (.saturday, "IN", "email", true), (.sunday, "IN", nil, true),
            (.monday, "IN", "email", false), (.sunday, "US", "email", false),
            (.sunday, "IN", "ads", false),
        ] as [(Weekday, String, String?, Bool)])
    func holds(_ day: Weekday, _ geo: String, _ medium: String?, _ holds: Bool) {
        let context = Context(
            day: day, hour: 3, geo: geo, attributes: [Attribute(name: "medium", value: medium)])
        #expect(weekend.holds(in: context) == holds)
    }

    @Test("that names no dimension holds everywhere")
    func everywhere() {
        #expect(Expectation(experience: "hero", outcome: .unmatched).holds(in: Context()))
    }

    @Test("is told in words")
    func words() {
        #expect(
            weekend.words == "hero where geo IN · day Saturday, Sunday · medium email, left out: "
                + "audience 7W, Title \"Sale\"")
        #expect(
            Expectation(experience: "hero", outcome: .unmatched).words == "hero: unmatched")
        let titled = Expectation(
            experience: "hero", variation: "2",
            payload: [PayloadMember(name: "Title", value: "Sale")])
        #expect(titled.words == "hero: variation 2 with Title \"Sale\"")
    }

    @Test("of a variation's payload is not about answers that serve another variation")
    func concerns() {
        func answer(_ variation: String?, of experience: String = "hero") -> Observation {
            Observation(
                experience: experience, outcome: variation == nil ? .unmatched : .served,
                variation: variation)
        }
        let title = [PayloadMember(name: "Title", value: "Sale")]
        let titled = Expectation(experience: "hero", variation: "2", payload: title)
        #expect(titled.concerns(answer("2")) && !titled.concerns(answer("1")))
        #expect(!titled.concerns(answer(nil)) && titled.mismatch(of: answer("2")) == "no Title")
        #expect(!titled.concerns(answer("2", of: "promo")))
        #expect(Expectation(experience: "hero", payload: title).concerns(answer("1")))
        #expect(Expectation(experience: "hero", variation: "2").concerns(answer("1")))
    }

    @Test("tells what an answer is instead, the payload's members by name")
    func mismatches() {
        let served = Observation(
            experience: "hero", outcome: .served, variation: "1", audience: "7W",
            audienceName: "Festive", payload: [PayloadMember(name: "Title", value: "Winter")])
        let nothing = Observation(experience: "hero", outcome: .unmatched)
        func mismatch(
            _ answer: Observation, audience: String? = nil, variation: String? = nil,
            outcome: Outcome? = nil, _ payload: [String: String] = [:]
        ) -> String? {
            Expectation(
                experience: "hero", audience: audience, variation: variation, outcome: outcome,
                payload: payload.map { PayloadMember(name: $0.key, value: $0.value) }
            ).mismatch(of: answer)
        }
        #expect(mismatch(served, audience: "7W", variation: "1", ["Title": "Winter"]) == nil)
        #expect(mismatch(served, audience: "Festive") == nil, "by its name")
        #expect(mismatch(served, audience: "3C", variation: "2") == "audience 7W, variation 1")
        #expect(mismatch(served, variation: "1", ["Title": "Sale"]) == "Title \"Winter\"")
        #expect(mismatch(served, ["Link": "/"]) == "no Link")
        #expect(mismatch(nothing, ["Title": "Sale"]) == "unmatched")
        #expect(mismatch(nothing, variation: "1") == "unmatched")
        #expect(mismatch(served, outcome: .unmatched) == "audience 7W, variation 1")
        #expect(mismatch(served, outcome: .served) == nil)
        #expect(mismatch(nothing, outcome: .unmatched) == nil)
    }

    @Test("is the same one in whichever order it is written, and another one when it says more")
    func identity() {
        var turned = weekend
        turned.when = weekend.when.reversed().map {
            Expectation.Condition(dimension: $0.dimension, values: $0.values.reversed())
        }
        #expect(turned.identity == weekend.identity)
        turned.variation = "2"
        #expect(turned.identity != weekend.identity)
        var listed = weekend
        listed.when[1].values = ["Saturday, Sunday"]
        #expect(listed.words == weekend.words && listed.identity != weekend.identity)
    }
}
