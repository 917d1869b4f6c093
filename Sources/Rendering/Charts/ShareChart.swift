import Model

/// The share of each arm since the epoch with its confidence sequence, and the evidence under it.
struct ShareChart: Chart {
    let row: SplitRow
    let history: SplitHistory
    /// At the end of the history.
    let arms: [Arm]
    /// What is drawn of the history.
    let span: Span
    let time: TimeFormat

    /// Nil: there is nothing to draw.
    init?(_ row: SplitRow, _ history: SplitHistory?, time: TimeFormat) {
        guard let history, history.points.count > 1, row.sequential != nil,
            let first = history.points.first, let last = history.points.last, last.n > 0
        else { return nil }
        self.row = row
        self.history = history
        arms = last.arms
        span = Span(since: first.at, until: last.at)
        self.time = time
    }

    /// More arms than these have no colours of their own.
    private static let limit = 6

    /// Two arms are one share.
    var shown: [Int] {
        arms.count == 2 ? [0] : Array(arms.indices.prefix(Self.limit))
    }

    var title: String { "\(splitName(of: row)): share and evidence" }

    var note: String {
        let more = arms.count > Self.limit ? ", the first \(Self.limit) arms" : ""
        return "line: share of all cohort subjects since \(time.minute(history.since))\(more);"
            + " band: 95 % confidence sequence; dashed: what is meant; tinted: the band excludes it"
    }

    var words: String {
        let sentences = shown.map { index -> String in
            let arm = arms[index]
            let off = history.off[index].last.map { runWords($0) + ". " } ?? ""
            return "Arm \(arm.variation) got \(percent(arm.share)) %"
                + " (\(percent(arm.low)) to \(percent(arm.high)))"
                + (arm.allocation.map { ", \(percent($0)) % is meant. " } ?? ". ") + off
        }
        let end = history.reachedAt.map { "reached its limit at \(time.minute($0))." }
        return sentences.joined() + "The evidence " + (end ?? "has not reached its limit.")
    }

    var table: Table? { pathTable }
    var changes: [String] { changeLines(history.marks, time) }

    func drawn(width: Double) -> Picture {
        let isWide = width > 600
        let axis = TimeAxis(span, time: time, from: 46, to: width - (isWide ? 110 : 86))
        let flags = MarkFlags(history.marks, axis, hasWords: isWide)
        let height = shown.count == 1 ? (isWide ? 210.0 : 170) : 96
        var svg = SVG()
        var top = 24 + flags.height
        let panels = shown.map { index -> Panel in
            defer { top += height + 30 }
            return Panel(axis, top: top, height: height, range(of: index))
        }
        let evidence = EvidencePanel(row, history, axis, top: top, height: isWide ? 96 : 84)
        evidence.panel.drawTimes(&svg, from: 24 + flags.height)
        flags.draw(&svg, to: evidence.panel.box.bottom, changes)
        for (index, panel) in zip(shown, panels) { draw(index, in: panel, &svg) }
        evidence.draw(&svg)
        return Picture(width: width, height: evidence.panel.box.bottom + 26, svg: svg)
    }
}

extension ShareChart {
    private func draw(_ index: Int, in panel: Panel, _ svg: inout SVG) {
        let arm = arms[index]
        let kind = "arm\(index + 1)"
        let points = history.points
        let spots = points.map { panel.spot($0.at, $0.arms[index].share) }
        panel.drawTitle(&svg, "share of arm \(shortened(arm.variation, 24)), %")
        panel.drawGrid(&svg, ticks: Int(panel.box.height / 30), label: percents(in: panel.y))
        let runs = history.off[index]
        svg.clipped(to: panel.box) { svg in
            svg.boxes(runs.map { tint($0, panel) }, "tint")
            svg.band(
                upper: points.map { panel.spot($0.at, $0.arms[index].high) },
                lower: points.map { panel.spot($0.at, $0.arms[index].low) }, "band \(kind)")
            if let meant = arm.allocation { panel.drawLevel(&svg, meant, "meant") }
            svg.path(spots, "line \(kind)")
        }
        if let run = runs.last { drawMoment(run, panel, arm, &svg) }
        if let last = spots.last { svg.dot(last, "dot \(kind)") }
        var ends = EndLabels()
        ends.add("\(shortened(arm.variation, 5)): \(percent(arm.share)) %", at: panel.y(arm.share))
        if let meant = arm.allocation {
            ends.add("meant \(percent(meant)) %", at: panel.y(meant), "faint")
        }
        ends.draw(&svg, x: panel.box.right + 7, within: panel.box)
    }

    private func tint(_ run: Span, _ panel: Panel) -> Box {
        let (start, end) = (max(panel.x(run.since), panel.box.x), panel.x(run.until))
        return Box(x: start, y: panel.box.y, width: max(1, end - start), height: panel.box.height)
    }

    /// The moment that the band left what is meant, on the side of the panel that it left free.
    private func drawMoment(_ run: Span, _ panel: Panel, _ arm: Arm, _ svg: inout SVG) {
        let isAbove = arm.share > arm.allocation ?? 0
        panel.drawMoment(
            &svg, run.since, runWords(run),
            y: isAbove ? panel.box.bottom - 8 : panel.box.y + 14, isLeft: false)
    }

    private func runWords(_ run: Span) -> String {
        run.until == span.until
            ? "shown off since \(moment(run.since))"
            : "shown off \(moment(run.since)) … \(moment(run.until))"
    }

    private func moment(_ at: Instant) -> String { "\(time.day(at)) \(time.clock(at))" }
}
