/// When what stays as it is was last seen: kept in memory when results come faster than the time of
/// each can be written by itself.
///
/// A transaction that sees little writes all of it. One that sees much leaves it waiting; what waits
/// is put in the order of its keys and written a part at a time with the transactions that follow,
/// so that pages are written once and not for each key by itself. Only times wait: what changes is
/// written at once, by whoever asks.
struct LastSeen<Key: Hashable & Comparable & Sendable, Answer: Equatable & Sendable>: Sendable {
    private var known: [Key: State] = [:]
    /// In no order.
    private var waiting: [Key] = []
    /// In order.
    private var leaving: ArraySlice<Key> = []
    /// The first result that something in them was seen in.
    private var waitingSince: Int64?
    private var leavingSince: Int64?
    private var seen = 0

    private struct State {
        var answer: Answer
        var seenUs: Int64
        var waits = false
    }

    /// A transaction that sees no more leaves nothing waiting.
    private let few: Int
    /// So many are written with one transaction.
    private let part: Int
    /// So many wait before some are written while many come.
    private let many: Int
    /// More keys are not kept in memory.
    private let limit: Int

    init(few: Int = 256, part: Int = 512, many: Int = 4_096, limit: Int = 100_000) {
        self.few = few
        self.part = part
        self.many = many
        self.limit = limit
    }

    /// The first result whose time is not written; nil: all are.
    var since: Int64? { leavingSince ?? waitingSince }

    /// Notes the time; false, and nothing is noted: this is not known to be the answer.
    mutating func see(_ key: Key, _ answer: Answer, at us: Int64, in result: Int64) -> Bool {
        seen += 1
        guard let place = known.index(forKey: key), known.values[place].answer == answer else {
            return false
        }
        known.values[place].seenUs = us
        if !known.values[place].waits {
            known.values[place].waits = true
            waiting.append(key)
            waitingSince = waitingSince ?? result
        }
        return true
    }

    /// When a key's answer was last seen, written or not; nil: it is not known.
    func lastSeen(_ key: Key) -> Int64? { known[key]?.seenUs }

    /// Learns what was written, its time with it.
    mutating func learn(_ key: Key, _ answer: Answer, at us: Int64) {
        if let place = known.index(forKey: key) {
            // What waited of it is written once more, as it is.
            known.values[place].answer = answer
            known.values[place].seenUs = us
        } else if known.count < limit {
            known[key] = State(answer: answer, seenUs: us)
        }
    }

    /// Once a transaction: hands over what it writes. False of `write`: there is no such key, and it
    /// is known no more.
    mutating func take(_ write: (Key, Answer, Int64) throws -> Bool) throws {
        defer { seen = 0 }
        let isQuiet = seen <= few
        if leaving.isEmpty, isQuiet || waiting.count >= many { turn() }
        try hand(over: isQuiet ? max(part, few) : part, write)
        if leaving.isEmpty { leavingSince = nil }
    }

    /// Hands over all that waits.
    mutating func takeAll(_ write: (Key, Answer, Int64) throws -> Bool) throws {
        try hand(over: leaving.count, write)
        turn()
        try hand(over: leaving.count, write)
        leavingSince = nil
    }

    private mutating func turn() {
        leaving = waiting.sorted()[...]
        leavingSince = waitingSince
        waiting.removeAll(keepingCapacity: true)
        waitingSince = nil
    }

    private mutating func hand(
        over count: Int, _ write: (Key, Answer, Int64) throws -> Bool
    ) throws {
        for key in leaving.prefix(count) {
            guard let place = known.index(forKey: key) else { continue }
            let state = known.values[place]
            known.values[place].waits = false
            if try !write(key, state.answer, state.seenUs) { known[key] = nil }
        }
        leaving = leaving.dropFirst(count)
    }
}
