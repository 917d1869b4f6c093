import Model
import RealModule

/// The evidence against a split under its shares: powers of ten, and the one limit that is used.
struct EvidencePanel {
    let panel: Panel
    private let row: SplitRow
    private let history: SplitHistory
    private let limit: Double

    /// Less evidence than 10⁻² is not drawn: it is none.
    private static let floor = -2.0
    private static let lnTen = Double.log(10)

    init(_ row: SplitRow, _ history: SplitHistory, _ x: TimeAxis, top: Double, height: Double) {
        self.row = row
        self.history = history
        limit = (row.sequential?.lnLimit ?? 0) / Self.lnTen
        let highest = history.points.map { $0.lnE / Self.lnTen }.filter(\.isFinite).max() ?? 0
        panel = Panel(x, top: top, height: height, Self.floor...max(limit + 1, highest * 1.08))
    }

    func draw(_ svg: inout SVG) {
        panel.drawTitle(&svg, "evidence against it, E: safe to look at any time")
        panel.drawGrid(&svg, ticks: 4) { power(of: $0) }
        panel.drawLevel(&svg, limit, "limit")
        let spots = history.points.map {
            Spot(panel.x($0.at), panel.y.clamped($0.lnE / Self.lnTen))
        }
        svg.path(spots, "line evidence")
        if let last = spots.last { svg.dot(last, "dot evidence") }
        drawMoment(&svg)
        var ends = EndLabels()
        ends.add("limit \(limitWords)", at: panel.y(limit), "alarm")
        if let last = spots.last { ends.add("E \(now)", at: last.y) }
        ends.draw(&svg, x: panel.box.right + 7, within: panel.box)
    }

    private func drawMoment(_ svg: inout SVG) {
        guard let at = history.reachedAt else { return }
        let time = panel.x.time
        // It may have been before the chart begins.
        if panel.x.span.since <= at {
            svg.dot(Spot(panel.x(at), panel.y(limit)), "mark", radius: 4)
        }
        // Evidence is low before its limit: the upper left is free.
        let long = "limit reached \(time.day(at)) \(time.clock(at))"
        panel.drawMoment(
            &svg, at, panel.box.width > 400 ? long : "\(time.day(at)) \(time.clock(at))",
            y: panel.box.y + 12, isLeft: true)
    }

    /// `2,000`, or the power of ten of what is long.
    private var limitWords: String {
        let odds = 1 / (row.sequential?.alpha ?? 1)
        return odds < 1e7 ? grouped(Int(odds.rounded())) : power(of: limit)
    }

    private var now: String {
        guard let lnE = history.points.last?.lnE, lnE.isFinite else { return "proof" }
        return power(of: lnE / Self.lnTen)
    }
}

/// `10⁻²`.
private func power(of number: Double) -> String {
    guard let exponent = Int(exactly: number.rounded()) else { return "–" }
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let raised = String(exponent.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
    return "10" + (exponent < 0 ? "⁻" : "") + String(raised)
}
