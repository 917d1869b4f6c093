import Model
import Testing

@Suite("Segment")
struct SegmentTests {
    static let segments: [(Segment, String)] = [
        (.everyone, ""),
        (Segment([Coordinate(dimension: "geo", value: "IN")]), "geo=IN"),
        (
            Segment([
                Coordinate(dimension: "hour", value: "18"),
                Coordinate(dimension: "geo", value: "IN"),
            ]), "geo=IN&hour=18"
        ),
        (Segment([Coordinate(dimension: "utm_medium", value: nil)]), "utm_medium!"),
        (Segment([Coordinate(dimension: "a", value: "50%25 & =!")]), "a=50%2525 %26 %3D%21"),
        (Segment([Coordinate(dimension: "a", value: "")]), "a="),
        (Segment([Coordinate(dimension: "a", value: "%2526")]), "a=%252526"),
    ]

    @Test("has one text, and is read back from it", arguments: segments)
    func text(segment: Segment, text: String) {
        #expect(segment.description == text)
        #expect(Segment(text) == segment)
    }

    @Test("refuses what is no segment", arguments: ["geo", "geo=IN=DE", "geo=IN&geo=DE"])
    func refuses(text: String) {
        #expect(Segment(text) == nil)
    }

    @Test("holds the contexts that share its coordinates")
    func containment() {
        let context = Context(
            day: .saturday, hour: 19, device: "iphone", geo: "IN",
            attributes: [Attribute(name: "utm_medium", value: nil)])
        #expect(Segment.everyone.contains(context))
        #expect(Segment([Coordinate(dimension: "geo", value: "IN")]).contains(context))
        #expect(!Segment([Coordinate(dimension: "geo", value: "US")]).contains(context))
        #expect(Segment([Coordinate(dimension: "utm_medium", value: nil)]).contains(context))
        #expect(!Segment([Coordinate(dimension: "plan", value: "pro")]).contains(context))
        #expect(Context(context.segment) == context)
    }
}
