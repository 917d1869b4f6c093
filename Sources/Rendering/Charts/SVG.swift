/// A place in a picture: right and down.
struct Spot: Hashable, Sendable {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

struct Box: Hashable, Sendable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var right: Double { x + width }
    var bottom: Double { y + height }
}

/// Elements of a picture, as text. Looks are the style sheet's: an element has a class and a place.
/// What has no finite place is left out, so that nothing that a number may be breaks a picture.
struct SVG {
    private(set) var text = ""

    enum Anchor: String {
        case start, middle, end
    }

    mutating func line(_ from: Spot, _ to: Spot, _ kind: String) { path([from, to], kind) }

    /// A line through all spots.
    mutating func path(_ spots: [Spot], _ kind: String) {
        let places = spots.compactMap(place)
        guard places.count == spots.count, places.count > 1 else { return }
        add(#"<path class="\#(kind)" d="M\#(places.joined(separator: " "))"/>"#)
    }

    /// What lies between two lines that share their x.
    mutating func band(upper: [Spot], lower: [Spot], _ kind: String) {
        let places = (upper + lower.reversed()).compactMap(place)
        guard places.count == upper.count + lower.count, upper.count > 1 else { return }
        add(#"<path class="\#(kind)" d="M\#(places.joined(separator: " "))Z"/>"#)
    }

    /// Many boxes that look alike, as one element.
    mutating func boxes(_ boxes: [Box], _ kind: String) {
        let paths = boxes.compactMap { box -> String? in
            guard let place = place(Spot(box.x, box.y)), let width = coordinate(box.width),
                let height = coordinate(box.height)
            else { return nil }
            return "M\(place)h\(width)v\(height)h-\(width)z"
        }
        guard !paths.isEmpty else { return }
        add(#"<path class="\#(kind)" d="\#(paths.joined())"/>"#)
    }

    mutating func dot(_ spot: Spot, _ kind: String, radius: Double = 3) {
        guard let x = coordinate(spot.x), let y = coordinate(spot.y) else { return }
        add(#"<circle class="\#(kind)" cx="\#(x)" cy="\#(y)" r="\#(coordinate(radius) ?? "3")"/>"#)
    }

    mutating func label(
        _ label: String, _ spot: Spot, _ kind: String = "", anchor: Anchor = .start
    ) {
        guard let x = coordinate(spot.x), let y = coordinate(spot.y) else { return }
        let looks = kind.isEmpty ? "" : #" class="\#(kind)""#
        let side = anchor == .start ? "" : #" text-anchor="\#(anchor.rawValue)""#
        add(#"<text\#(looks)\#(side) x="\#(x)" y="\#(y)">\#(escapedHTML(plain(label)))</text>"#)
    }

    /// Draws what is cut off at the edges of a box; places are the picture's.
    mutating func clipped(to box: Box, _ draw: (inout SVG) -> Void) {
        let numbers = [box.x, box.y, box.width, box.height].compactMap { coordinate($0) }
        var inner = SVG()
        draw(&inner)
        guard numbers.count == 4, !inner.text.isEmpty else { return }
        let place = zip(["x", "y", "width", "height"], numbers).map { "\($0)=\"\($1)\"" }
        add(
            #"<svg \#(place.joined(separator: " ")) viewBox="\#(numbers.joined(separator: " "))">"#
                + "\n\(inner.text)</svg>")
    }

    /// Elements of one thing, and what it is in words: pointing at them shows these.
    mutating func group(_ words: String, _ draw: (inout SVG) -> Void) {
        var inner = SVG()
        draw(&inner)
        guard !inner.text.isEmpty else { return }
        add("<g>\n<title>\(escapedHTML(words))</title>\n\(inner.text)</g>")
    }

    private mutating func add(_ element: String) { text += element + "\n" }

    private func place(_ spot: Spot) -> String? {
        guard let x = coordinate(spot.x), let y = coordinate(spot.y) else { return nil }
        return "\(x),\(y)"
    }
}

/// A number of a picture: a tenth is less than anybody sees. Nil: it is none.
func coordinate(_ number: Double) -> String? {
    guard number.isFinite, abs(number) < 1e6 else { return nil }
    let tenths = Int((number * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let (whole, rest) = (tenths.magnitude / 10, tenths.magnitude % 10)
    return sign + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
}
