import Model

/// One plot of a picture: a box with a time axis that it may share, and a scale of its own.
struct Panel: Sendable {
    let box: Box
    let x: TimeAxis
    let y: Scale

    /// `numbers` from the bottom to the top.
    init(
        _ x: TimeAxis, top: Double, height: Double, _ numbers: ClosedRange<Double>,
        _ kind: Scale.Kind = .linear
    ) {
        box = Box(x: x.start, y: top, width: x.end - x.start, height: height)
        self.x = x
        y = Scale(numbers, kind, from: top + height, to: top)
    }

    func spot(_ at: Instant, _ number: Double) -> Spot { Spot(x(at), y(number)) }

    /// Horizontal lines with their numbers at the left.
    func drawGrid(_ svg: inout SVG, ticks limit: Int, label: (Double) -> String) {
        for tick in y.ticks(limit) {
            let height = y(tick)
            svg.line(Spot(box.x, height), Spot(box.right, height), "grid")
            svg.label(label(tick), Spot(box.x - 6, height + 4), anchor: .end)
        }
    }

    /// What the panel shows, above it.
    func drawTitle(_ svg: inout SVG, _ title: String) {
        svg.label(title, Spot(box.x, box.y - 7), "title")
    }

    /// A horizontal line with its number's meaning.
    func drawLevel(_ svg: inout SVG, _ number: Double, _ kind: String) {
        svg.line(Spot(box.x, y(number)), Spot(box.right, y(number)), kind)
    }

    /// Round instants under the lowest panel, their lines through all of them, and the zone.
    func drawTimes(_ svg: inout SVG, from top: Double) {
        for tick in x.ticks(Int(box.width / 68)) {
            let place = x(tick.at)
            svg.line(Spot(place, top), Spot(place, box.bottom + 4), "grid")
            // The zone stands at the left end.
            guard place > box.x + 22 else { continue }
            svg.label(
                tick.label, Spot(place, box.bottom + 17),
                tick.label.contains(":") ? "" : "day", anchor: .middle)
        }
        svg.line(Spot(box.x, box.bottom), Spot(box.right, box.bottom), "axis")
        svg.label(x.time.name(at: x.span.until), Spot(0, box.bottom + 17))
    }

    /// A vertical line at the moment that something happened, and what: on the side that is asked
    /// for, if the panel has room there. What happened before the panel begins has no line.
    func drawMoment(_ svg: inout SVG, _ at: Instant, _ words: String, y: Double, isLeft: Bool) {
        let place = max(x(at), box.x)
        let length = 6.6 * Double(words.count) + 8
        let (fitsLeft, fitsRight) = (place - length > box.x, place + length < box.right)
        let goesLeft = isLeft ? fitsLeft || !fitsRight : fitsLeft && !fitsRight
        if x(at) >= box.x { svg.line(Spot(place, box.y), Spot(place, box.bottom), "moment") }
        svg.label(
            words, Spot(place + (goesLeft ? -6 : 6), y), "alarm", anchor: goesLeft ? .end : .start)
    }
}

/// Labels at the ends of lines: where lines end together they are pushed apart, in order.
struct EndLabels {
    private var labels: [(text: String, y: Double, kind: String)] = []

    mutating func add(_ text: String, at y: Double, _ kind: String = "end") {
        if y.isFinite { labels.append((text, y, kind)) }
    }

    func draw(_ svg: inout SVG, x: Double, within box: Box, gap: Double = 13) {
        let sorted = labels.sorted { $0.y < $1.y }
        var places = sorted.map { min(max($0.y, box.y), box.bottom) }
        for index in places.indices.dropFirst() {
            places[index] = max(places[index], places[index - 1] + gap)
        }
        let excess = max(0, (places.last ?? 0) - box.bottom)
        for (label, place) in zip(sorted, places) {
            svg.label(label.text, Spot(x, place - excess + 4), label.kind)
        }
    }
}

/// As much of a name as there is room for.
func shortened(_ name: String, _ limit: Int) -> String {
    name.count <= limit ? name : name.prefix(limit - 1) + "…"
}

/// Shares as percent, with the decimals that tell a scale's ticks apart.
func percents(in scale: Scale) -> (Double) -> String {
    let length = scale.numbers.upperBound - scale.numbers.lowerBound
    return { percent($0, length >= 0.05 ? 0 : length >= 0.005 ? 1 : 2) }
}
