import Testing

@testable import Configuring

@Suite struct NearestNameTests {
    private let keys = ["rate", "every", "subjects", "experiences", "allocations"]

    @Test(arguments: [
        ("rte", "rate"), ("raet", "rate"), ("Rate", "rate"), ("subject", "subjects"),
        ("experience", "experiences"), ("alocation", "allocations"),
    ])
    func `a misspelt name finds the one that is meant`(_ name: String, _ meant: String) {
        #expect(nearest(to: name, among: keys) == meant)
    }

    @Test(arguments: ["", "alerts", "retention", String(repeating: "rate", count: 10_000)])
    func `a name that is like none finds none`(_ name: String) {
        #expect(nearest(to: name, among: keys) == nil)
    }
}
