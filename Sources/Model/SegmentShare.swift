/// How one split is in one segment, beside the rest of everyone.
package struct SegmentShare: Hashable, Sendable {
    package var segment: Segment
    package var n: Int
    /// With intervals at the level of all segments that are compared.
    package var arms: [Arm]
    /// The arm that differs most from the rest of the audience, and by how much of a share.
    package var variation: String
    package var contrast: Double
    /// Of the contrast: difference over its standard error.
    package var z: Double
    /// Evidence against the allocation in this segment, at one look.
    package var lnE: Double
    /// True: among the segments that e-BH rejects at this look, false discovery rate 5 percent.
    package var isOff: Bool

    package init(
        segment: Segment, n: Int, arms: [Arm], variation: String, contrast: Double, z: Double,
        lnE: Double, isOff: Bool
    ) {
        self.segment = segment
        self.n = n
        self.arms = arms
        self.variation = variation
        self.contrast = contrast
        self.z = z
        self.lnE = lnE
        self.isOff = isOff
    }
}

extension SegmentShare: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.name("segment")
            segment.write(to: &json)
            json.member("n", n)
            json.name("arms")
            json.array(arms) { $1.write(to: &$0, withAllocation: true) }
            json.member("variation", variation)
            json.member("contrast", contrast)
            json.member("z", z)
            json.member("ln_e", lnE)
            json.member("off", isOff)
        }
    }
}

/// The smallest description that explains a mismatch.
package struct Culprit: Hashable, Sendable {
    package var segment: Segment
    package var n: Int
    package var arms: [Arm]
    /// Everyone else of the audience.
    package var rest: [Arm]
    /// True: without the segment the evidence is below the level.
    package var explains: Bool

    package init(segment: Segment, n: Int, arms: [Arm], rest: [Arm], explains: Bool) {
        self.segment = segment
        self.n = n
        self.arms = arms
        self.rest = rest
        self.explains = explains
    }

    /// `android-phone · IN: 58.0 / 42.0, everyone else 50.1 / 49.9`.
    package var words: String {
        "\(segment.words): \(shares(of: arms)), everyone else \(shares(of: rest))"
    }
}

extension Culprit: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.name("segment")
            segment.write(to: &json)
            json.member("n", n)
            json.name("arms")
            json.array(arms) { $1.write(to: &$0, withAllocation: true) }
            json.name("rest")
            json.array(rest) { $1.write(to: &$0, withAllocation: true) }
            json.member("explains", explains)
        }
    }
}

/// `60.3 / 39.7`: percent with one decimal.
package func shares(of arms: [Arm]) -> String { percents(arms.map(\.share)) }

package func percents(_ shares: [Double]) -> String {
    shares.map { share in
        let tenths = Int((share * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }.joined(separator: " / ")
}
