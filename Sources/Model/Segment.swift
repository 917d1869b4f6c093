/// One dimension and the value it is held at. A nil value: the attribute was left out.
package struct Coordinate: Hashable, Sendable {
    package let dimension: String
    package let value: String?

    package init(dimension: String, value: String?) {
        self.dimension = dimension
        self.value = value
    }
}

/// A partial context: the contexts that share some coordinates. The empty one holds everyone.
package struct Segment: Hashable, Sendable {
    /// Sorted by dimension, each dimension once.
    package let coordinates: [Coordinate]

    package static let everyone = Segment([])

    package init(_ coordinates: [Coordinate]) {
        self.coordinates = coordinates.sorted { $0.dimension < $1.dimension }
        precondition(
            Set(coordinates.map(\.dimension)).count == coordinates.count,
            "a segment names a dimension once")
    }

    /// How many dimensions are held.
    package var order: Int { coordinates.count }

    /// The value of a dimension; nil: the segment does not hold that dimension.
    package subscript(dimension: String) -> Coordinate? {
        coordinates.first { $0.dimension == dimension }
    }

    /// True if the context has every coordinate of this segment.
    package func contains(_ context: Context) -> Bool {
        let own = context.coordinates
        return coordinates.allSatisfy(own.contains)
    }
}

/// As text: `geo=IN&hour=18`; `%`, `&`, `=` and `!` are escaped, a left-out attribute is `name!`.
/// The empty text is everyone. Canonical: equal segments have equal texts.
extension Segment: LosslessStringConvertible {
    package var description: String {
        coordinates.map { coordinate in
            let name = escape(coordinate.dimension)
            return coordinate.value.map { name + "=" + escape($0) } ?? name + "!"
        }.joined(separator: "&")
    }

    package init?(_ description: String) {
        var coordinates: [Coordinate] = []
        for part in description.split(separator: "&") {
            if part.last == "!" {
                coordinates.append(Coordinate(dimension: unescape(part.dropLast()), value: nil))
            } else {
                let sides = part.split(separator: "=", omittingEmptySubsequences: false)
                guard sides.count == 2 else { return nil }
                coordinates.append(
                    Coordinate(dimension: unescape(sides[0]), value: unescape(sides[1])))
            }
        }
        guard Set(coordinates.map(\.dimension)).count == coordinates.count else { return nil }
        self.init(coordinates)
    }
}

extension Context {
    /// The one context of a segment that holds every dimension: the inverse of `segment`.
    /// Nil: a day or an hour that is none.
    package init?(_ segment: Segment) {
        var day: Weekday?
        var hour: Int?
        var attributes: [Attribute] = []
        for coordinate in segment.coordinates {
            switch coordinate.dimension {
            case Dimension.day:
                day = coordinate.value.flatMap(Weekday.init(rawValue:))
                guard day != nil else { return nil }
            case Dimension.hour:
                hour = coordinate.value.flatMap { Int($0) }
                guard let hour, (0..<24).contains(hour) else { return nil }
            case Dimension.device, Dimension.geo: break
            default:
                attributes.append(Attribute(name: coordinate.dimension, value: coordinate.value))
            }
        }
        self.init(
            day: day, hour: hour, device: segment[Dimension.device]?.value,
            geo: segment[Dimension.geo]?.value, attributes: attributes)
    }
}

/// For people: `android-phone · IN`, `hour 18`; everyone is the empty text.
extension Segment {
    package var words: String {
        coordinates.map { coordinate in
            switch coordinate.dimension {
            case Dimension.device, Dimension.geo, Dimension.day:
                coordinate.value ?? "no " + coordinate.dimension
            case Dimension.hour:
                "hour " + (coordinate.value ?? "–")
            default:
                coordinate.dimension + " " + (coordinate.value ?? "left out")
            }
        }.joined(separator: " · ")
    }
}

private let escapes: [(character: Character, code: String)] = [
    ("%", "%25"), ("&", "%26"), ("=", "%3D"), ("!", "%21"),
]

/// The bytes of `escapes`: nearly every text has none, and rows are named by many.
private func isEscaped(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "=")
        || byte == UInt8(ascii: "!")
}

private func escape(_ text: String) -> String {
    guard text.utf8.contains(where: isEscaped) else { return text }
    return String(text.map { c in escapes.first { $0.character == c }?.code ?? String(c) }.joined())
}

private func unescape(_ text: Substring) -> String {
    guard text.contains("%") else { return String(text) }
    // The percent sign last: what it yields must not be read as an escape again.
    var result = String(text)
    for (character, code) in escapes.reversed() {
        result = result.split(separator: code, omittingEmptySubsequences: false)
            .joined(separator: String(character))
    }
    return result
}
