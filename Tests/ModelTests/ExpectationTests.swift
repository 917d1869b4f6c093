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
        payload: [Expectation.PayloadValue(name: "Title", value: "Sale")])

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
    }
}
