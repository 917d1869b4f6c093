import Statistics

/// Stored tallies of one segment, merged: what observations are counted by stands as ids until all
/// are there.
package struct TallySum {
    /// All but counts and phases.
    var tally = Tally()
    /// By the number of the phase.
    var phases = [QuantileSketch](repeating: QuantileSketch(), count: Phase.allCases.count)
    /// By id: ids are given in order, and few.
    private var counts: [Int] = []
    private var countsOfLargeIDs: [UInt64: Int] = [:]

    private static let largeID: UInt64 = 1 << 14

    package init() {}

    mutating func add(_ count: Int, of id: UInt64) {
        guard id < Self.largeID else {
            countsOfLargeIDs[id, default: 0] += count
            return
        }
        let place = Int(id)
        if place >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: place + 1 - counts.count))
        }
        counts[place] += count
    }

    /// The whole tally. Throws what the reading throws.
    package func tally(reading: inout some TallyCodec.Reading) throws -> Tally {
        var tally = tally
        for (id, count) in counts.enumerated() where count > 0 {
            tally.counts[try reading.countKey(Int64(id)), default: 0] += count
        }
        for (id, count) in countsOfLargeIDs {
            tally.counts[try reading.countKey(Int64(bitPattern: id)), default: 0] += count
        }
        for (phase, sketch) in zip(Phase.allCases, phases) where sketch.count > 0 {
            tally.phases[phase] = sketch
        }
        return tally
    }
}
