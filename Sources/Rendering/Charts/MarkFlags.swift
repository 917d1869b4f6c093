import Model

/// Changes on the time axis of a picture: a numbered line for each through all of its panels, and
/// flags above these that never cover each other. Where there is no room for a flag, the one before
/// takes its number in.
struct MarkFlags {
    struct Flag: Equatable {
        /// Places in the list of changes.
        var places: ClosedRange<Int>
        var x: Double
        /// From above.
        var row: Int
        var text: String

        var end: Double { x + 7 + 6.6 * Double(text.count) }
    }

    private(set) var flags: [Flag] = []
    private let places: [Double]

    private static let rows = 3
    private static let rowHeight = 14.0
    /// Of more flags, words would hide where the lines are.
    private static let mostWords = 6

    /// `hasWords`: flags tell what changed beside its number.
    init(_ marks: [ChartMark], _ axis: TimeAxis, hasWords: Bool) {
        let shown = shownMarks(marks)
        places = shown.map { axis($0.at) }
        let tellsMore = hasWords && shown.count <= Self.mostWords
        for (place, mark) in shown.enumerated() {
            guard let row = freeRow(at: places[place]) else {
                takeIn(place)
                continue
            }
            let text = "\(place + 1)" + (tellsMore ? " \(mark.kind.word)" : "")
            flags.append(Flag(places: place...place, x: places[place], row: row, text: text))
        }
    }

    /// What the flags need above the first panel.
    var height: Double { Double((flags.map(\.row).max() ?? -1) + 1) * Self.rowHeight }

    /// From the top of the picture through everything down to `bottom`. `changes`: what is told of
    /// each.
    func draw(_ svg: inout SVG, to bottom: Double, _ changes: [String]) {
        for flag in flags {
            let top = Double(flag.row) * Self.rowHeight
            svg.group(changes[flag.places].joined(separator: "\n")) { svg in
                for place in flag.places {
                    svg.line(Spot(places[place], top + 1), Spot(places[place], bottom), "change")
                }
                svg.label(flag.text, Spot(flag.x + 4, top + 11), "change")
            }
        }
    }

    /// The first row in which neither an earlier flag nor one of a row below, which the line would
    /// cross, reaches as far.
    private func freeRow(at x: Double) -> Int? {
        let ends = (0..<Self.rows).map { row in
            flags.last { $0.row == row }?.end ?? -.infinity
        }
        return ends.indices.first { row in ends[row...].allSatisfy { $0 < x } }
    }

    private mutating func takeIn(_ place: Int) {
        guard var last = flags.popLast() else { return }
        last.places = last.places.lowerBound...place
        last.text = "\(last.places.lowerBound + 1)–\(place + 1)"
        flags.append(last)
    }
}

/// More than these cannot be told apart: the latest.
private func shownMarks(_ marks: [ChartMark]) -> [ChartMark] { marks.suffix(12) }

/// What the lines of a picture are, in the order of their numbers, each in a line of its own.
func changeLines(_ marks: [ChartMark], _ time: TimeFormat) -> [String] {
    shownMarks(marks).map { mark in
        let name = mark.kind.rawValue.split(separator: "_").joined(separator: " ")
        return plain("\(time.minute(mark.at)) \(time.name(at: mark.at)), \(name): \(mark.words)")
    }
}

extension ChartMark.Kind {
    /// On a flag.
    fileprivate var word: String {
        switch self {
        case .epoch: "epoch"
        case .configuration: "configuration"
        case .targetingChange: "targeting"
        case .splitChange: "split"
        case .distributionDrift: "mix"
        case .latencyRegression: "latency"
        case .errorRate: "errors"
        }
    }
}
