import Model

/// Latency as a heat map of time and of buckets that are three to an octave; quantiles over it, and
/// a strip of failures above.
struct LatencyChart: Chart {
    let heat: LatencyHeat
    let time: TimeFormat

    /// Nil: nothing was answered.
    init?(_ heat: LatencyHeat?, time: TimeFormat) {
        guard let heat, heat.columns.contains(where: { $0.n > 0 }) else { return nil }
        self.heat = heat
        self.time = time
    }

    var title: String { "\(heat.target)/\(heat.plan): latency over time" }
    var note: String {
        "colour: square root of the number of answers, \(grouped(heat.most)) in the fullest cell; bars"
            + " above: share of probes that failed"
    }

    var words: String {
        let n = heat.columns.reduce(0) { $0 + $1.n }
        let failed = heat.columns.reduce(0) { $0 + $1.failed }
        let worst = heat.columns.max { ($0.p95Us ?? 0) < ($1.p95Us ?? 0) }
        return "\(grouped(n)) answers and \(grouped(failed)) failures."
            + (worst.map {
                " The 95th percentile was highest, \(duration($0.p95Us)), in the part that begins"
                    + " at \(time.minute($0.span.since))."
            } ?? "")
    }

    var table: Table? {
        var table = Table(
            "\(heat.target)/\(heat.plan) over time",
            ["from", "answered#", "failed#", "p50#", "p95#", "p99#"])
        for column in heat.columns where column.n + column.failed > 0 {
            table.add(
                [
                    time.minute(column.span.since), grouped(column.n), grouped(column.failed),
                    duration(column.p50Us), duration(column.p95Us), duration(column.p99Us),
                ], tone: column.failed > 0 ? .open : .plain)
        }
        return table
    }

    var changes: [String] { changeLines(heat.marks, time) }

    func drawn(width: Double) -> Picture {
        let isWide = width > 600
        let span = Span(
            since: heat.columns[0].span.since,
            until: heat.columns[heat.columns.count - 1].span.until)
        let axis = TimeAxis(span, time: time, from: 58, to: width - (isWide ? 110 : 76))
        let flags = MarkFlags(heat.marks, axis, hasWords: isWide)
        let strip = Box(
            x: axis.start, y: 24 + flags.height, width: axis.end - axis.start, height: 24)
        let panel = Panel(
            axis, top: strip.bottom + 28, height: isWide ? 250 : 220, range, .logarithmic)
        var svg = SVG()
        heat.draw(&svg, panel)
        flags.draw(&svg, to: panel.box.bottom, changes)
        panel.drawGrid(&svg, ticks: 8, label: tickWords)
        panel.drawTitle(&svg, "latency of answered probes")
        panel.drawTimes(&svg, from: panel.box.y)
        drawQuantiles(&svg, panel)
        drawFailures(&svg, strip, axis)
        return Picture(width: width, height: panel.box.bottom + 26, svg: svg)
    }
}

extension LatencyChart {
    /// Every bucket that has answers, and one above.
    private var range: ClosedRange<Double> {
        let buckets = heat.columns.flatMap(\.counts.keys)
        let top = min((buckets.max() ?? 0) + 2, heat.bounds.count - 1)
        return heat.bounds[buckets.min() ?? 0]...heat.bounds[top]
    }

    private func drawQuantiles(_ svg: inout SVG, _ panel: Panel) {
        let quantiles: [(name: String, value: (LatencyHeat.Column) -> Int64?)] = [
            ("p99", { $0.p99Us }), ("p95", { $0.p95Us }), ("p50", { $0.p50Us }),
        ]
        var ends = EndLabels()
        for (name, value) in quantiles {
            // A column without answers breaks the line: nothing is known of it.
            let parts = heat.columns.split { value($0) == nil }
            for part in parts {
                let spots = part.flatMap { column -> [Spot] in
                    let y = panel.y.clamped(Double(value(column) ?? 0))
                    return [
                        Spot(panel.x(column.span.since), y), Spot(panel.x(column.span.until), y),
                    ]
                }
                svg.path(spots, "halo")
                svg.path(spots, "quantile \(name)")
            }
            guard let last = parts.last?.last.flatMap(value) else { continue }
            ends.add("\(name) \(duration(last))", at: panel.y.clamped(Double(last)))
        }
        let last = heat.columns.last { $0.n > 0 }
        ends.draw(
            &svg, x: panel.x(last?.span.until ?? heat.columns[0].span.until) + 7, within: panel.box)
    }

    /// Bars as high as the share of probes that failed; the highest is as high as the strip.
    private func drawFailures(_ svg: inout SVG, _ strip: Box, _ axis: TimeAxis) {
        let shares = heat.columns.map { Double($0.failed) / Double(max(1, $0.failed + $0.n)) }
        let most = shares.max() ?? 0
        svg.line(Spot(strip.x, strip.bottom), Spot(strip.right, strip.bottom), "grid")
        svg.label(
            most > 0 ? "failed, at most \(percent(most)) %" : "no probe failed",
            Spot(strip.x, strip.y - 7), "title")
        guard most > 0 else { return }
        let bars = zip(heat.columns, shares).filter { $1 > 0 }.map { column, share -> Box in
            let height = max(2, share / most * strip.height)
            let x = axis(column.span.since)
            return Box(
                x: x, y: strip.bottom - height, width: max(1, axis(column.span.until) - x - 0.5),
                height: height)
        }
        svg.boxes(bars, "failed")
    }

    /// `20 ms`: ticks are round.
    private func tickWords(_ us: Double) -> String {
        switch us {
        case ..<1e3: "\(fixed(us, 0)) µs"
        case ..<1e6: "\(fixed(us / 1e3, 0)) ms"
        default: "\(fixed(us / 1e6, 0)) s"
        }
    }
}
