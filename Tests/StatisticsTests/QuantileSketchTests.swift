import Statistics
import TestKit
import Testing

@Suite("QuantileSketch")
struct QuantileSketchTests {
    /// Long-tailed values as latencies have them, among them zeros.
    static func values(seed: UInt64, count: Int) -> [Int64] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let exponent = Double.random(in: 0...24, using: &generator)
            let ceiling = Int64(1) << Int64(exponent)
            return Int64.random(in: 0...ceiling, using: &generator)
        }
    }

    static func sketch(_ values: some Sequence<Int64>) -> QuantileSketch {
        var sketch = QuantileSketch()
        for value in values { sketch.add(value) }
        return sketch
    }

    @Test("tells every quantile within 1 %", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func accuracy(seed: UInt64) throws {
        let values = Self.values(seed: seed, count: 1 + Int(seed) * 617).sorted()
        let sketch = Self.sketch(values)
        for q in [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1] {
            let exact = Double(values[Int(q * Double(values.count - 1))])
            let told = try #require(sketch.quantile(q))
            #expect(abs(told - exact) <= exact * 0.01 + 1e-9, "seed \(seed), q \(q)")
        }
        #expect(sketch.min == values.first && sketch.max == values.last)
        #expect(sketch.sum == values.reduce(0, +) && sketch.count == values.count)
    }

    @Test(
        "merges to what adding everything gives, in any order",
        arguments: 1...6 as ClosedRange<UInt64>)
    func merging(seed: UInt64) {
        let values = Self.values(seed: seed, count: 900)
        let whole = Self.sketch(values)
        let parts = [values[..<100], values[100..<101], values[101...]].map { Self.sketch($0) }
        var forward = QuantileSketch()
        for part in parts { forward.merge(part) }
        var backward = QuantileSketch()
        for part in parts.reversed() { backward.merge(part) }
        #expect(forward == whole && backward == whole, "seed \(seed)")
        forward.merge(QuantileSketch())
        #expect(forward == whole)
    }

    @Test("comes back from its stored form", arguments: [0, 1, 2, 50, 3_000])
    func codec(count: Int) {
        let sketch = Self.sketch(Self.values(seed: 11, count: count))
        #expect(QuantileSketch(encoded: sketch.encoded()) == sketch)
        #expect(QuantileSketch(encoded: Self.sketch([0, 0]).encoded()) == Self.sketch([0, 0]))
    }

    @Test("takes hostile bytes for damage, or for a sketch, and never traps")
    func hostileBytes() {
        var generator = SplitMix64(seed: 3)
        let sound = Self.sketch(Self.values(seed: 5, count: 200)).encoded()
        for _ in 0..<4_000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            if let sketch = QuantileSketch(encoded: bytes.prefix(cut)), sketch.count > 0 {
                #expect(sketch.quantile(0.5) != nil)
            }
        }
        #expect(QuantileSketch(encoded: []) == nil)
    }

    @Test("counts what is at most a bound")
    func counting() {
        let sketch = Self.sketch([0, 1, 10, 100, 1_000, 10_000])
        #expect(sketch.count(atMost: -1) == 0)
        #expect(sketch.count(atMost: 0) == 1)
        #expect(sketch.count(atMost: 50) == 3)
        #expect(sketch.count(atMost: 1e12) == 6)
        #expect(sketch.count(atMost: .infinity) == 6)
    }

    @Test("is empty until something is added")
    func empty() {
        let sketch = QuantileSketch()
        #expect(sketch.quantile(0.5) == nil && sketch.min == nil && sketch.count == 0)
    }
}
