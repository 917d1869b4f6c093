import Model

/// Where the columns of a forest stand: beside its axis, or above it where there is no room.
struct ForestLayout {
    let isWide: Bool
    let width: Double

    var top: Double { 34 }
    var height: Double { isWide ? 22 : 36 }
    var axis: ClosedRange<Double> { isWide ? 340...(width - 150) : 8...(width - 8) }

    /// What the columns are; where they are few, they say it themselves.
    func drawHead(_ svg: inout SVG) {
        guard isWide else { return }
        svg.label("segment", Spot(0, top - 12))
        svg.label("n", Spot(262, top - 12), anchor: .end)
        svg.label("share", Spot(322, top - 12), anchor: .end)
    }

    func draw(
        _ row: SegmentForest.Row, at top: Double, _ axis: Scale, isFirst: Bool, _ svg: inout SVG
    ) {
        let look = row.verdict.rawValue
        let kind = isFirst ? "title" : "end"
        let share = row.verdict == .open && row.n == 0 ? "–" : "\(percent(row.arm.share)) %"
        if isWide {
            svg.label(shortened(row.name, 30), Spot(0, top + 15), kind)
            svg.label(grouped(row.n), Spot(262, top + 15), anchor: .end)
            svg.label(share, Spot(322, top + 15), kind, anchor: .end)
            svg.label(row.verdict.words, Spot(width - 138, top + 15), "verdict \(look)")
        } else {
            svg.label(shortened(row.name, 24), Spot(0, top + 12), kind)
            svg.label("n \(grouped(row.n)) · \(share)", Spot(width - 92, top + 12), anchor: .end)
            svg.label(
                row.verdict == .open ? "○ too few" : row.verdict.words, Spot(width, top + 12),
                "verdict \(look)", anchor: .end)
        }
        drawInterval(row, y: top + (isWide ? 11 : 24), axis, look, &svg)
    }

    private func drawInterval(
        _ row: SegmentForest.Row, y: Double, _ axis: Scale, _ look: String, _ svg: inout SVG
    ) {
        let box = Box(x: axis.start, y: y - 6, width: axis.end - axis.start, height: 12)
        svg.clipped(to: box) { svg in
            svg.line(
                Spot(axis(row.arm.low), y), Spot(axis(row.arm.high), y), "interval \(look)")
            if row.n > 0 { svg.dot(Spot(axis(row.arm.share), y), "point \(look)", radius: 3.5) }
        }
    }
}
