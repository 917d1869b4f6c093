import Model
import RealModule

/// Which segment flips are in: the smallest description that tells them apart from the rest.
///
/// A reallocation moves few subjects even where it took place. But assignment is a hash of the
/// subject: one that moved shows with each of its cells whether that one is concerned, and the
/// others show nothing. So the cells of those that flipped are compared. Outside of the segment a
/// flip is an exception; within it a cell that did not flip may not have been asked since. A
/// segment is scored by its likelihood less the length of its description, ln of the number of
/// segments of its order (minimum description length: Rissanen, Automatica 14, 1978). Where others
/// are as likely within e, what all of them have in common is named. What is told counts a subject
/// once.
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

    private struct Count {
        var coordinates: [Coordinate]
        var cells = 0
        var flipped = 0
    }

    /// ln of how likely a cell flips, or does not, within the segment and outside.
    private static let likelihood = (
        flipped: Double.log(0.95), kept: Double.log(0.05), flippedElsewhere: Double.log(0.01),
        keptElsewhere: Double.log(0.99)
    )
    /// Within so much of the likeliest others are as good.
    private static let margin = 1.0

    private static func best(_ cells: [Cell]) -> Segment {
        let moved = Set(cells.filter(\.isFlipped).map(\.subject))
        let counts = counts(cells.filter { moved.contains($0.subject) })
        guard let all = counts.first(where: \.coordinates.isEmpty) else { return .everyone }
        let prices = (0...2).map { order in
            Double.log(Double(max(1, counts.count { $0.coordinates.count == order })))
        }
        let scored = counts.filter { $0.flipped > 0 }.map { count in
            (
                segment: Segment(count.coordinates),
                score: score(count, of: all) - prices[count.coordinates.count]
            )
        }
        guard let best = scored.max(by: { $0.score < $1.score }) else { return .everyone }
        let likely = scored.filter { best.score - $0.score < margin }.map(\.segment.coordinates)
        return Segment(
            best.segment.coordinates.filter { own in likely.allSatisfy { $0.contains(own) } })
    }

    private static func score(_ count: Count, of all: Count) -> Double {
        let elsewhere = all.flipped - count.flipped
        return Double(count.flipped) * likelihood.flipped
            + Double(count.cells - count.flipped) * likelihood.kept
            + Double(elsewhere) * likelihood.flippedElsewhere
            + Double(all.cells - count.cells - elsewhere) * likelihood.keptElsewhere
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
