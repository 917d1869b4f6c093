import Model

/// The planned share as steps, and day by day what the cohort got of it, with its interval.
struct RampChart: Chart {
    let row: RolloutRow
    let steps: [Ramp.Step]
    let marks: [ChartMark]
    let time: TimeFormat
    private let until: Instant

    /// Nil: no day has subjects.
    init?(_ row: RolloutRow, _ history: RampHistory?, until: Instant, time: TimeFormat) {
        guard let history, row.days.contains(where: { $0.n > 0 }) else { return nil }
        self.row = row
        self.time = time
        self.until = until
        steps = history.ramp.steps
        marks = history.marks
    }

    var title: String { "\(row.experience)/\(row.audience): the ramp" }
    var note: String {
        "dashed: planned; dots: share of each day's cohort subjects with its 95 % confidence sequence;"
            + " tinted: the interval excludes the plan"
    }
    /// The days stand in a table already.
    var table: Table? { nil }

    var words: String {
        let planned = steps.map { "\(fixed($0.percent, 1)) % from \(time.minute($0.at))" }
        let last = row.days.last { $0.n > 0 }
        return "Planned: \(planned.joined(separator: ", "))."
            + (last.map {
                " On the last day \(percent($0.arm.share)) % of \(grouped($0.n)) subjects got it"
                    + " (\(percent($0.arm.low)) to \(percent($0.arm.high)))."
            } ?? "")
    }

    var changes: [String] { changeLines(marks, time) }

    func drawn(width: Double) -> Picture {
        let isWide = width > 600
        let axis = TimeAxis(span, time: time, from: 46, to: width - (isWide ? 110 : 96))
        let flags = MarkFlags(marks, axis, hasWords: isWide)
        let panel = Panel(
            axis, top: 24 + flags.height, height: isWide ? 210 : 180, 0...highest)
        var svg = SVG()
        panel.drawTimes(&svg, from: panel.box.y)
        flags.draw(&svg, to: panel.box.bottom, changes)
        panel.drawGrid(&svg, ticks: 6, label: percents(in: panel.y))
        panel.drawTitle(
            &svg, "share of \(row.variation.map { "arm " + shortened($0, 24) } ?? "served"), %")
        svg.clipped(to: panel.box) { svg in
            svg.boxes(row.days.filter(isOff).map { tint($0, panel) }, "tint")
            svg.path(plan(panel), "meant plan")
        }
        if let off = offSince {
            let isHigh = (row.days.last?.arm.share ?? 0) > (row.days.last?.planned ?? 0)
            panel.drawMoment(
                &svg, off, "off since \(time.day(off))",
                y: isHigh ? panel.box.bottom - 8 : panel.box.y + 30, isLeft: false)
        }
        for day in row.days { draw(day, panel, &svg) }
        drawEnds(panel, &svg)
        return Picture(width: width, height: panel.box.bottom + 26, svg: svg)
    }
}

extension RampChart {
    /// Every day that is told, and the next step if it is near.
    private var span: Span {
        let first = row.days.first?.start ?? until
        let last = max(until, row.days.last?.start ?? until)
        let length = first.distance(to: last)
        let next = row.nextAt.flatMap { last.distance(to: $0) < length / 2 ? $0 : nil }
        return Span(since: first, until: next.map { $0.advanced(by: length / 20) } ?? last)
    }

    private var highest: Double {
        let planned = steps.filter { $0.at <= span.until }.map { $0.percent / 100 }
        let seen = row.days.filter { $0.n > 0 }.map(\.arm.share)
        return min(1, max(0.02, 1.15 * ((planned + seen).max() ?? 1)))
    }

    private func end(of day: RolloutRow.Day) -> Instant {
        min(day.start.advanced(by: Instant.microsecondsPerDay), max(until, day.start))
    }

    private func middle(of day: RolloutRow.Day) -> Instant {
        day.start.advanced(by: day.start.distance(to: end(of: day)) / 2)
    }

    /// A day with a step has two plans: nothing is said of it.
    private func isOff(_ day: RolloutRow.Day) -> Bool {
        let isMixed = steps.contains { day.start < $0.at && $0.at < end(of: day) }
        guard let planned = day.planned, day.n > 0, !isMixed else { return false }
        return planned < day.arm.low || day.arm.high < planned
    }

    /// The start of the first of the days that are off up to the last; nil: it is not.
    private var offSince: Instant? {
        row.days.filter { $0.n > 0 }.reversed().prefix(while: isOff).last?.start
    }

    private func tint(_ day: RolloutRow.Day, _ panel: Panel) -> Box {
        let (start, end) = (panel.x(day.start), panel.x(end(of: day)))
        return Box(x: start, y: panel.box.y, width: end - start, height: panel.box.height)
    }

    private func plan(_ panel: Panel) -> [Spot] {
        let ends = steps.dropFirst().map(\.at) + [span.until]
        return zip(steps, ends).filter { $0.0.at <= span.until }.flatMap { step, end in
            [panel.spot(step.at, step.percent / 100), panel.spot(end, step.percent / 100)]
        }
    }

    private func draw(_ day: RolloutRow.Day, _ panel: Panel, _ svg: inout SVG) {
        let x = panel.x(middle(of: day))
        let look = isOff(day) ? "off" : "arm1"
        if day.n > 0 {
            svg.line(
                Spot(x, panel.y.clamped(day.arm.low)), Spot(x, panel.y.clamped(day.arm.high)),
                "interval \(look)")
            svg.dot(Spot(x, panel.y.clamped(day.arm.share)), "point \(look)", radius: 3)
        }
        guard day.dropped > 0 else { return }
        svg.label(
            "▼ \(grouped(day.dropped)) dropped", Spot(x, panel.box.y + 12), "alarm",
            anchor: .middle)
    }

    private func drawEnds(_ panel: Panel, _ svg: inout SVG) {
        var ends = EndLabels()
        if let last = row.days.last(where: { $0.n > 0 }) {
            ends.add("\(percent(last.arm.share)) % seen", at: panel.y(last.arm.share))
        }
        if let planned = steps.last(where: { $0.at <= span.until }).map({ $0.percent / 100 }) {
            ends.add("\(percent(planned, 0)) % planned", at: panel.y(planned), "faint")
        }
        ends.draw(&svg, x: panel.box.right + 7, within: panel.box)
    }
}
