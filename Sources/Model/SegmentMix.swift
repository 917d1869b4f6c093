/// Which audiences the subjects of a segment got, before and since: an edit usually moves users to
/// another audience, whose own split stays perfect.
package struct SegmentMix: Hashable, Sendable {
    /// Audiences and `unmatched`, in one order.
    package var since: [Arm]
    package var before: [Arm]
    package var n: Int
    package var nBefore: Int
    /// The evidence of the arm that moved most against its baseline, ln e; nil: one side is empty.
    package var lnE: Double?
    /// True: that is beyond chance at the level of all segments of the report.
    package var isMoved: Bool

    package init(
        since: [Arm], before: [Arm], n: Int, nBefore: Int, lnE: Double?, isMoved: Bool
    ) {
        self.since = since
        self.before = before
        self.n = n
        self.nBefore = nBefore
        self.lnE = lnE
        self.isMoved = isMoved
    }
}

extension SegmentMix: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.name("since")
            json.array(since) { $1.write(to: &$0, withAllocation: false) }
            json.name("before")
            json.array(before) { $1.write(to: &$0, withAllocation: false) }
            json.member("n", n)
            json.member("n_before", nBefore)
            json.member("ln_e", lnE)
            json.member("moved", isMoved)
        }
    }
}
