import NIOCore

/// Entries that are opened in order, numbered one after the other, and closed in any order.
/// It knows the oldest that is open, and spans no more than from there to the newest.
struct OpenWindow<Entry> {
    /// Every number below this one was closed; `end` if nothing is open.
    private(set) var start: Int
    /// Closed ones are nil. The first, if any, is open.
    private var entries = CircularBuffer<Entry?>()

    init(start: Int = 0) {
        self.start = start
    }

    /// The number that is opened next.
    var end: Int { start + entries.count }

    /// The oldest open entry.
    var first: Entry? { entries.first ?? nil }

    var isEmpty: Bool { entries.isEmpty }

    /// Opens the next number.
    mutating func open(_ entry: Entry) -> Int {
        entries.append(entry)
        return end - 1
    }

    /// Closes a number that is open.
    mutating func close(_ number: Int) {
        let place = entries.index(entries.startIndex, offsetBy: number - start)
        precondition(entries[place] != nil, "a number is closed once")
        entries[place] = nil
        while let first = entries.first, first == nil {
            entries.removeFirst()
            start += 1
        }
    }

    /// Opens and closes the next number.
    mutating func skip() {
        if entries.isEmpty { start += 1 } else { entries.append(nil) }
    }
}
