import Model

/// What waits for its commit, in the order in which it came, and when the next commit is due.
struct CommitQueue: Sendable {
    /// Results of one round, with the place that it has reached.
    struct Batch: Sendable {
        let results: [ProbeResult]
        let round: RoundStatus
        /// True: it does not wait for others.
        let isUrgent: Bool
        /// Told once the batch is on disk, with the places of its observations in the store's
        /// order; or that it never will be.
        let done: @Sendable (Result<[Int64], any Error>) -> Void

        fileprivate var isStatusAlone: Bool { results.isEmpty && !isUrgent }
    }

    /// Any other write: a transaction of its own.
    struct Call: Sendable {
        let work: @Sendable () throws -> Void
        let done: @Sendable (Result<Void, any Error>) -> Void
    }

    enum Step: Sendable {
        /// Batches to be committed together.
        case commit([Batch])
        case call(Call)
        /// Nothing is due for so long; nil: until something comes.
        case wait(nanoseconds: Int64?)
        case end
    }

    private struct Entry: Sendable {
        let content: Content
        let arrivedNanoseconds: Int64
    }

    fileprivate enum Content: Sendable {
        case batch(Batch)
        case call(Call)
    }

    let pace: CommitPace
    private var entries: [Entry] = []
    /// How many entries do not wait for others.
    private var urgent = 0
    /// Results of the batches that wait.
    private(set) var results = 0
    /// True: whatever fails is soon given up.
    private(set) var isHurried = false
    /// True: nobody will begin another file, should this one be damaged.
    var endsOnDamage = false
    private var isClosed = false

    init(pace: CommitPace) {
        self.pace = pace
    }

    /// False: nothing more is written.
    @discardableResult
    mutating func add(_ batch: Batch, at now: Int64) -> Bool {
        guard !isClosed else { return false }
        if let place = placeOfSuperseded(by: batch) {
            entries[place] = Entry(
                content: .batch(batch), arrivedNanoseconds: entries[place].arrivedNanoseconds)
            return true
        }
        entries.append(Entry(content: .batch(batch), arrivedNanoseconds: now))
        results += batch.results.count
        urgent += batch.isUrgent ? 1 : 0
        return true
    }

    /// The round's last batch, where that tells no more than its status as this one does: while a
    /// store fails for days, what waits must not grow. Its `done` is never called.
    private func placeOfSuperseded(by batch: Batch) -> Int? {
        guard batch.isStatusAlone else { return nil }
        for place in entries.indices.reversed() {
            guard case .batch(let waiting) = entries[place].content else { return nil }
            guard RoundKey(waiting.round) == RoundKey(batch.round) else { continue }
            return waiting.isStatusAlone ? place : nil
        }
        return nil
    }

    /// False: nothing more is written.
    @discardableResult
    mutating func add(_ call: Call, at now: Int64) -> Bool {
        guard !isClosed else { return false }
        entries.append(Entry(content: .call(call), arrivedNanoseconds: now))
        urgent += 1
        return true
    }

    var isEmpty: Bool { entries.isEmpty }

    /// True where the last that came makes something due, or begins the wait for it.
    var isWorthAWake: Bool { entries.count == 1 || urgent > 0 || results >= pace.results }

    mutating func hurry() { isHurried = true }

    /// Nothing more is taken; what waits is still to be written.
    mutating func close() {
        isHurried = true
        isClosed = true
    }

    /// Takes out what is to be done now.
    mutating func step(at now: Int64) -> Step {
        guard let first = entries.first else { return isClosed ? .end : .wait(nanoseconds: nil) }
        if case .call(let call) = first.content {
            entries.removeFirst()
            urgent -= 1
            return .call(call)
        }
        let left = first.arrivedNanoseconds + pace.everyUs * 1_000 - now
        guard urgent > 0 || isHurried || results >= pace.results || left <= 0 else {
            return .wait(nanoseconds: left)
        }
        return .commit(takeBatches())
    }

    /// Every batch up to the next call.
    private mutating func takeBatches() -> [Batch] {
        var batches: [Batch] = []
        for case .batch(let batch) in entries.lazy.map(\.content).prefix(while: \.isBatch) {
            batches.append(batch)
            results -= batch.results.count
            urgent -= batch.isUrgent ? 1 : 0
        }
        entries.removeFirst(batches.count)
        return batches
    }
}

extension CommitQueue.Content {
    fileprivate var isBatch: Bool { if case .batch = self { true } else { false } }
}
