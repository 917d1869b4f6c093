import Model
import Planning
import TestKit
import Testing

/// A random definition with values by number, some of them excluded.
func randomDefinition(_ generator: inout SplitMix64) -> MatrixDefinition {
    func count(_ limit: Int) -> Int { Int.random(in: 1...limit, using: &generator) }
    var definition = MatrixDefinition(
        days: .days(Array(Weekday.allCases.prefix(count(7)))),
        hours: .hours(Array(0..<count(6))),
        devices: (0..<count(4)).map { Device(name: "d\($0)", userAgent: "ua") },
        geos: (0..<count(5)).map { Geo(name: "g\($0)", address: "192.0.2.\($0)") },
        attributes: [AttributeAxis(name: "plan", values: ["free", nil])])
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
        var values: [String: [String?]] = [:]
        if Bool.random(using: &generator) { values["device"] = ["d0", "d2"] }
        if Bool.random(using: &generator) { values["geo"] = ["g\(count(5))"] }
        if Bool.random(using: &generator) { values["hour"] = ["\(count(6))", "0"] }
        if Bool.random(using: &generator) { values["plan"] = [nil] }
        if Bool.random(using: &generator) { values["day"] = ["Monday"] }
        if !values.isEmpty { definition.excludes.append(Exclude(values)) }
    }
    return definition
}

/// Every context, the slow way.
func allContexts(of definition: MatrixDefinition) -> Set<Context> {
    guard case .days(let days) = definition.days, case .hours(let hours) = definition.hours else {
        return []
    }
    var contexts: Set<Context> = []
    for day in days {
        for hour in hours {
            for device in definition.devices {
                for geo in definition.geos {
                    for value in definition.attributes[0].values {
                        contexts.insert(
                            Context(
                                day: day, hour: hour, device: device.name, geo: geo.name,
                                attributes: [Attribute(name: "plan", value: value)]))
                    }
                }
            }
        }
    }
    return contexts.filter { context in
        !definition.excludes.contains { exclude in
            exclude.values.allSatisfy { dimension, values in
                context.coordinates.contains {
                    $0.dimension == dimension && values.contains($0.value)
                }
            }
        }
    }
}

@Suite("Matrix")
struct MatrixTests {
    static let noon = Instant(microseconds: 1_795_510_800_000_000)

    @Test("holds just the contexts that no exclude rules out", arguments: 0..<40 as Range<UInt64>)
    func bruteForce(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let definition = randomDefinition(&generator)
        let expected = allContexts(of: definition)
        let matrix = Matrix(definition)
        let contexts = (0..<matrix.count).map { matrix.context(at: $0, now: Self.noon) }
        #expect(matrix.count == expected.count, "seed \(seed)")
        #expect(Set(contexts) == expected, "seed \(seed)")
        for coordinate in (expected.first ?? Context()).coordinates {
            let segment = Segment([coordinate])
            let inside = expected.count { segment.contains($0) }
            #expect(matrix.count(in: segment) == inside, "seed \(seed) \(segment)")
        }
        #expect(matrix.count(in: .everyone) == expected.count)
    }

    @Test("numbers 10⁹ contexts without listing them")
    func huge() {
        let attributes = ["a", "b", "c"].map { name in
            AttributeAxis(name: name, values: (0..<1_000).map { "\($0)" })
        }
        var definition = MatrixDefinition(attributes: attributes)
        #expect(Matrix(definition).count == 1_000_000_000)
        definition.excludes = [Exclude(["a": ["7"], "c": ["9"]])]
        let matrix = Matrix(definition)
        #expect(matrix.count == 1_000_000_000 - 1_000)
        let last = matrix.context(at: matrix.count - 1, now: Self.noon)
        #expect(last.attributes.map(\.value) == ["999", "999", "999"])
    }

    @Test("gives up on what cannot be counted")
    func limits() {
        let wide = (0..<7).map { number in
            AttributeAxis(name: "a\(number)", values: (0..<1_000).map { "\($0)" })
        }
        #expect(Matrix.contextCount(of: MatrixDefinition(attributes: wide)) == nil)
        let names = (0..<48).map { "b\($0)" }
        let binary = names.map { AttributeAxis(name: $0, values: ["x", "y"]) }
        let entangled = (0..<24).map { Exclude(["b\($0)": ["x"], "b\($0 + 24)": ["y"]]) }
        let definition = MatrixDefinition(attributes: binary, excludes: entangled)
        #expect(Matrix.contextCount(of: definition) == nil)
    }

    @Test("takes the present day and hour where it is told `now`")
    func now() {
        let matrix = Matrix(MatrixDefinition(days: .now, hours: .now))
        #expect(matrix.count == 1)
        #expect(matrix.context(at: 0, now: Self.noon) == Context(day: .tuesday, hour: 9))
    }

    @Test("asks one context where it has no dimension, and none where all are excluded")
    func edges() {
        #expect(Matrix(MatrixDefinition()).count == 1)
        #expect(Matrix(MatrixDefinition()).context(at: 0, now: Self.noon) == Context())
        let geos = [Geo(name: "IN", address: "192.0.2.1")]
        let none = MatrixDefinition(geos: geos, excludes: [Exclude(["geo": ["IN"]])])
        #expect(Matrix(none).count == 0)
    }
}
