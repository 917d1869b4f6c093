import Model
import RealModule

/// Which segment flips are in: the smallest description that tells them apart from the rest.
///
/// A reallocation moves few subjects even where it took place, so segments are compared by the rates
/// of cells that flipped inside and outside, not by how many of theirs did: a subject that moved
/// shows with each of its cells whether that one is concerned. A candidate of order 1 or 2 is a model
/// with two rates, everyone is one with one rate; each is scored by its binomial likelihood less the
/// length of its description, ln of the number of segments of its order (minimum description
/// length: Rissanen, Automatica 14, 1978), and must make the flips ten times as likely beyond that:
/// flips that are scattered by chance are in one segment more than in others as well. What is told
/// counts a subject once.
struct FlipCover {
    struct Cell {
        let coordinates: [Coordinate]
        let subject: String
        let isFlipped: Bool
    }

    let segment: Segment
    /// Subjects that flipped in the segment, and all that are asked there.
    let flipped: Int
    let subjects: Int
    /// The same outside.
    let flippedElsewhere: Int
    let subjectsElsewhere: Int

    /// Nil: nothing flipped.
    init?(_ cells: [Cell]) {
        guard cells.contains(where: \.isFlipped) else { return nil }
        self.init(Self.best(cells), cells)
    }

    /// So many times as likely must a segment make the flips.
    private static let margin = 10.0

    private struct Count {
        var coordinates: [Coordinate]
        var cells = 0
        var flipped = 0
    }

    private static func best(_ cells: [Cell]) -> Segment {
        let counts = counts(cells)
        let prices = (0...2).map { order in
            let segments = counts.count { $0.coordinates.count == order }
            return order == 0 ? 0 : Double.log(Self.margin * Double(max(1, segments)))
        }
        let flipped = cells.count(where: \.isFlipped)
        let scored = counts.filter { $0.flipped > 0 }.map { count in
            (
                segment: Segment(count.coordinates),
                score: binomial(count.flipped, count.cells)
                    + binomial(flipped - count.flipped, cells.count - count.cells)
                    - prices[count.coordinates.count]
            )
        }
        // Among equals the shorter description, then the first by name.
        let best = scored.max { a, b in
            abs(a.score - b.score) > 1e-9
                ? a.score < b.score
                : (b.segment.order, b.segment.description)
                    < (a.segment.order, a.segment.description)
        }
        return best?.segment ?? .everyone
    }

    /// Cells and flips of every segment of order 0, 1 and 2 that there is.
    private static func counts(_ cells: [Cell]) -> [Count] {
        var numbers: [Coordinate: Int] = [:]
        var counts: [Int: Count] = [:]
        func add(_ key: Int, _ coordinates: @autoclosure () -> [Coordinate], _ cell: Cell) {
            let place = counts.index(forKey: key)
            if let place {
                counts.values[place].cells += 1
                if cell.isFlipped { counts.values[place].flipped += 1 }
            } else {
                counts[key] = Count(
                    coordinates: coordinates(), cells: 1, flipped: cell.isFlipped ? 1 : 0)
            }
        }
        for cell in cells {
            let own = cell.coordinates.map { coordinate -> Int in
                if let number = numbers[coordinate] { return number }
                numbers[coordinate] = numbers.count + 1
                return numbers.count
            }
            add(0, [], cell)
            for first in own.indices {
                add(own[first], [cell.coordinates[first]], cell)
                for second in own.indices where second > first {
                    let pair = min(own[first], own[second]) << 31 | max(own[first], own[second])
                    add(pair, [cell.coordinates[first], cell.coordinates[second]], cell)
                }
            }
        }
        return Array(counts.values)
    }

    private init(_ segment: Segment, _ cells: [Cell]) {
        var inside = (all: Set<String>(), flipped: Set<String>())
        var outside = inside
        for cell in cells {
            if segment.coordinates.allSatisfy(cell.coordinates.contains) {
                inside.all.insert(cell.subject)
                if cell.isFlipped { inside.flipped.insert(cell.subject) }
            } else {
                outside.all.insert(cell.subject)
                if cell.isFlipped { outside.flipped.insert(cell.subject) }
            }
        }
        self.segment = segment
        flipped = inside.flipped.count
        subjects = inside.all.count
        flippedElsewhere = outside.flipped.count
        subjectsElsewhere = outside.all.count
    }
}

/// The largest ln likelihood of x of n: at the rate x/n.
private func binomial(_ x: Int, _ n: Int) -> Double {
    guard x > 0, x < n else { return 0 }
    let rate = Double(x) / Double(n)
    return Double(x) * .log(rate) + Double(n - x) * .log(onePlus: -rate)
}
