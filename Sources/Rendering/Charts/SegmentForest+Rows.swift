import Model

extension SegmentForest {
    /// Of the segments that a row was compared in. Nil: of none.
    init?(_ row: SplitRow) {
        guard let arm = row.shownArm, let meant = arm.allocation, !row.segments.isEmpty else {
            return nil
        }
        let isOff = row.verdict == .mismatch
        let count = grouped(row.segments.count)
        self.init(
            "\(splitName(of: row)): arm \(arm.variation) by segment",
            note: "off: e-BH over \(count) segments, at most 5 % of those told are false; intervals"
                + " hold for all segments at once, and are wider than that; worst first",
            everyone: Row(
                name: "everyone", n: row.n, arm: arm, lnE: row.sequential?.lnE ?? 0,
                verdict: isOff ? .off : row.reason == nil ? .fine : .open),
            row.segments.compactMap {
                Row($0.segment, $0.arms, arm.variation, lnE: $0.lnE, isOff: $0.isOff)
            },
            meant: meant, limit: isOff ? 24 : 8)
    }

    /// Of rows of one split, each about a segment. Nil: none has a share that is meant.
    init?(_ rows: [SplitRow]) {
        guard let first = rows.first, let arm = first.shownArm, let meant = arm.allocation else {
            return nil
        }
        self.init(
            "\(splitName(of: first)): arm \(arm.variation) by segment",
            note: "off: e-BH over all segments of the report, at most 5 % of those told are false;"
                + " intervals 95 % for each by itself; worst first",
            rows.compactMap {
                Row(
                    $0.segment, $0.arms, arm.variation, lnE: $0.sequential?.lnE ?? 0,
                    isOff: $0.verdict == .mismatch)
            },
            meant: meant, limit: 24)
    }
}

extension SegmentForest.Row {
    /// Nil: the segment has no such arm.
    fileprivate init?(
        _ segment: Segment, _ arms: [Arm], _ variation: String, lnE: Double, isOff: Bool
    ) {
        guard let arm = arms.first(where: { $0.variation == variation }) else { return nil }
        // An arm that would get fewer than five says nothing yet.
        let isRough = arms.contains { ($0.allocation ?? 0) > 0 && ($0.expected ?? 0) < 5 }
        self.init(
            name: segment.words, n: arms.reduce(0) { $0 + $1.observed }, arm: arm, lnE: lnE,
            verdict: isOff ? .off : isRough ? .open : .fine)
    }
}

extension SplitRow {
    /// The arm whose shares are shown: of two the first, else the one that the worst segment blames.
    fileprivate var shownArm: Arm? {
        guard arms.count > 2, let worst = segments.first else { return arms.first }
        return arms.first { $0.variation == worst.variation }
    }
}

/// All rows, those that are not drawn among them.
func forestTable(_ title: String, _ rows: [SegmentForest.Row]) -> Table {
    var table = Table(title, ["segment", "n#", "share %#", "interval", "ln e#", "verdict"])
    for row in rows {
        table.add(
            [
                row.name, grouped(row.n), percent(row.arm.share),
                "\(percent(row.arm.low)) … \(percent(row.arm.high))", evidence(row.lnE),
                row.verdict.words,
            ], tone: row.verdict == .off ? .bad : .plain)
    }
    return table
}
