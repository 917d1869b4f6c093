/// Never two contexts of one subject in flight at once: what is due while its subject is being
/// asked waits, in order, until that probe has ended.
struct SubjectQueue<Item> {
    /// Subjects of which a probe is in flight.
    private var asked: Set<String> = []
    /// What waits for them, by subject; never empty.
    private var waiting: [String: [Item]] = [:]
    /// Items that wait.
    private(set) var count = 0

    /// True: nothing of the subject was in flight, now something is.
    mutating func enter(_ subject: String) -> Bool {
        asked.insert(subject).inserted
    }

    /// An item waits for its subject, which is in flight.
    mutating func hold(_ item: Item, for subject: String) {
        waiting[subject, default: []].append(item)
        count += 1
    }

    /// The subject's probe has ended. Returns the item whose turn it is, which then is in flight.
    mutating func leave(_ subject: String) -> Item? {
        guard count > 0, var items = waiting[subject] else {
            asked.remove(subject)
            return nil
        }
        let item = items.removeFirst()
        waiting[subject] = items.isEmpty ? nil : items
        count -= 1
        return item
    }

    /// Takes back the items that satisfy a condition; they wait no more.
    mutating func remove(where isWanted: (Item) -> Bool) -> [Item] {
        guard count > 0 else { return [] }
        var removed: [Item] = []
        for (subject, items) in waiting where items.contains(where: isWanted) {
            removed += items.filter(isWanted)
            let left = items.filter { !isWanted($0) }
            waiting[subject] = left.isEmpty ? nil : left
        }
        count -= removed.count
        return removed
    }
}
