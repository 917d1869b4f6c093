import Model

/// The share of one arm in each segment with its interval, around what is meant, worst first.
struct SegmentForest: Chart {
    struct Row: Hashable, Sendable {
        enum Verdict: String, Sendable {
            case off, fine, open
        }

        var name: String
        var n: Int
        var arm: Arm
        /// Against what is meant, ln e.
        var lnE: Double
        var verdict: Verdict
    }

    let title: String
    let note: String
    let everyone: Row?
    let rows: [Row]
    /// Drawn or not.
    private let off: Int
    /// Of which arm the shares are, and what is meant.
    let variation: String
    let meant: Double
    let table: Table?

    /// `limit`: of more rows the rest is in the table alone.
    init(
        _ title: String, note: String, everyone: Row? = nil, _ shares: [Row], meant: Double,
        limit: Int
    ) {
        // What cannot be told is never worst.
        let ordered = [Row.Verdict.off, .fine, .open].flatMap { verdict in
            shares.filter { $0.verdict == verdict }.sorted { $0.lnE > $1.lnE }
        }
        self.title = title
        self.everyone = everyone
        self.meant = meant
        rows = Array(ordered.prefix(limit))
        off = ordered.count { $0.verdict == .off }
        variation = shares.first?.arm.variation ?? ""
        let left = ordered.count - rows.count
        self.note = note + (left > 0 ? "; \(grouped(left)) more in the numbers" : "")
        table = forestTable(title, ordered)
    }

    var words: String {
        let names = rows.filter { $0.verdict == .off }.prefix(5).map {
            "\($0.name) \(percent($0.arm.share)) %"
        }
        return "\(percent(meant)) % is meant. "
            + (off == 0
                ? "No segment is shown to be off."
                : "\(off) off" + (off > names.count ? ", the first of them " : ": ")
                    + "\(names.joined(separator: ", ")).")
    }

    func drawn(width: Double) -> Picture {
        let isWide = width > 600
        let layout = ForestLayout(isWide: isWide, width: width)
        let all = (everyone.map { [$0] } ?? []) + rows
        let axis = Scale(range, from: layout.axis.lowerBound, to: layout.axis.upperBound)
        let bottom = layout.top + Double(all.count) * layout.height
        var svg = SVG()
        for tick in axis.ticks(isWide ? 7 : 4) {
            svg.line(Spot(axis(tick), layout.top - 4), Spot(axis(tick), bottom), "grid")
            svg.label(percents(in: axis)(tick), Spot(axis(tick), bottom + 16), anchor: .middle)
        }
        svg.line(Spot(axis(meant), layout.top - 8), Spot(axis(meant), bottom), "meant")
        svg.label(
            "meant \(percent(meant)) %", Spot(axis(meant), layout.top - 12), "faint",
            anchor: .middle)
        layout.drawHead(&svg)
        for (place, row) in all.enumerated() {
            let top = layout.top + Double(place) * layout.height
            layout.draw(row, at: top, axis, isFirst: everyone != nil && place == 0, &svg)
        }
        svg.label(
            "share of arm \(shortened(variation, 20)), %", Spot(axis.start, bottom + 30), "title")
        return Picture(width: width, height: bottom + 40, svg: svg)
    }

    /// What is meant in the middle, and every interval that says something.
    private var range: ClosedRange<Double> {
        let told = ((everyone.map { [$0] } ?? []) + rows).filter { $0.verdict != .open }
        let reach = told.map { max(abs($0.arm.low - meant), abs($0.arm.high - meant)) }.max() ?? 0.5
        return max(0, meant - reach * 1.05)...min(1, meant + reach * 1.05)
    }
}

extension SegmentForest.Row.Verdict {
    /// A symbol and a word: colour is never the only sign.
    var words: String {
        switch self {
        case .off: "▲ off"
        case .fine: "● none shown"
        case .open: "○ not enough data"
        }
    }
}
