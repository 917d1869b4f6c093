package import Statistics

/// The stored form of latency sketches, for whoever stores a tally.
package enum SketchCodec {
    package static func encode(_ sketch: QuantileSketch) -> [UInt8] { sketch.encoded() }

    /// Nil: the bytes are damaged.
    package static func decode(_ bytes: some Collection<UInt8>) -> QuantileSketch? {
        QuantileSketch(encoded: bytes)
    }
}

extension Tally {
    /// Puts stored sketches in place; false: one is damaged.
    package mutating func restore(failureResponse: some Collection<UInt8>) -> Bool {
        guard let sketch = SketchCodec.decode(failureResponse) else { return false }
        self.failureResponse = sketch
        return true
    }

    package mutating func restore(_ phase: Phase, from bytes: some Collection<UInt8>) -> Bool {
        guard let sketch = SketchCodec.decode(bytes) else { return false }
        phases[phase] = sketch
        return true
    }
}
