import Analysis
import Logging
import Model
import Probing
import Storage

/// Writes to the store, on a thread of its own, and tries again what fails.
///
///     sound ──failure──► degraded ──success──► sound
///                            └──damage──► damaged: nothing is written any more
///
/// In `degraded` the same write is tried again after rests that grow; whatever else is to be
/// written waits, in its order. Results are acknowledged after their commit only.
struct StoreWriter {
    let store: Store
    let boot: String
    let telemetry: Telemetry
    let logger: Logger
    let now: @Sendable () -> Instant
    /// Begins this life of the daemon in a file that knows nothing of it.
    let begin: @Sendable (Store) throws -> Void
    let wakeup: Wakeup
    /// True once nobody has the time to wait for a store that fails.
    let isHurried: @Sendable () -> Bool
    /// True: a damaged store ends it all.
    let endsOnDamage: @Sendable () -> Bool
    /// What is known of answers: every batch is checked against it before its commit.
    var checker: AnswerChecker
    /// The plans whose expectations answers are held against; a reload changes them.
    let plans: @Sendable () -> [Plan]
    var backoff: Backoff

    private var expecting: [Plan] = []
    private var expectations = ExpectationChecker()

    private var outage: StoreOutage?
    private var isDamaged = false
    /// Failures in a row.
    private var failures = 0
    private var mustReopen = false
    /// On the monotonic clock, when what fails is given up; nil: nothing is hurried yet.
    private var giveUpAt: Int64?

    /// How long what fails is tried again while all is hurried.
    private static let lastTries: Int64 = 1_000_000_000

    /// An open file that fails so often in a row is opened anew.
    private static let failuresBeforeReopening = 3

    init(
        store: Store, boot: String, telemetry: Telemetry, logger: Logger,
        now: @escaping @Sendable () -> Instant, begin: @escaping @Sendable (Store) throws -> Void,
        wakeup: Wakeup, isHurried: @escaping @Sendable () -> Bool,
        endsOnDamage: @escaping @Sendable () -> Bool, checker: AnswerChecker,
        plans: @escaping @Sendable () -> [Plan], backoff: Backoff
    ) {
        self.store = store
        self.boot = boot
        self.telemetry = telemetry
        self.logger = logger
        self.now = now
        self.begin = begin
        self.wakeup = wakeup
        self.isHurried = isHurried
        self.endsOnDamage = endsOnDamage
        self.checker = checker
        self.plans = plans
        self.backoff = backoff
    }

    /// Commits batches together; then each is told its own observations' places.
    mutating func commit(_ batches: [CommitQueue.Batch]) {
        let results = batches.count == 1 ? batches[0].results : batches.flatMap(\.results)
        let noticed = notes(about: results)
        let rounds = lastStatuses(of: batches)
        let outcome = persist { [store, boot] in
            try store.record(results, rounds: rounds, boot: boot, noticed: noticed)
        }
        switch outcome {
        case .success(let seqs):
            var rest = seqs[...]
            for batch in batches {
                let own = rest.prefix(batch.results.reduce(0) { $0 + $1.observations.count })
                rest = rest.dropFirst(own.count)
                batch.done(.success(Array(own)))
            }
        case .failure(let error):
            tellLost(results.count, error)
            for batch in batches { batch.done(.failure(error)) }
        }
    }

    private mutating func notes(about results: [ProbeResult]) -> AnswerNotes {
        let plans = plans()
        if plans != expecting {
            expecting = plans
            expectations = ExpectationChecker(plans: plans)
        }
        var notes = checker.check(results)
        notes.expectations = expectations.check(results)
        return notes
    }

    mutating func run(_ call: CommitQueue.Call) {
        call.done(persist(call.work))
    }

    /// While nothing is to be written: sees that the file is where it was.
    mutating func look() {
        _ = persist {}
    }

    /// A round's last status is what counts of several.
    private func lastStatuses(of batches: [CommitQueue.Batch]) -> [RoundStatus] {
        var places: [RoundKey: Int] = [:]
        var rounds: [RoundStatus] = []
        for batch in batches {
            if let place = places[RoundKey(batch.round)] {
                rounds[place] = batch.round
            } else {
                places[RoundKey(batch.round)] = rounds.count
                rounds.append(batch.round)
            }
        }
        return rounds
    }
}

/// Failing and recovering.
extension StoreWriter {
    /// Runs one write until it succeeds, or until it is given up.
    private mutating func persist<Value>(_ write: () throws -> Value) -> Result<Value, any Error> {
        // One that holds the lock for long would be waited for at every write.
        if outage != nil, isTooLate() { return .failure(GivenUp.closed) }
        var written: (value: Value, file: FileIdentity?)?
        while true {
            do {
                guard !isDamaged else { throw GivenUp.damaged }
                try restore()
                try store.checkPlace()
                // The file was away for a moment: it is there again, and holds what was written.
                let isThere = written.map { $0.file == store.identity } ?? false
                let value = if isThere, let written { written.value } else { try write() }
                written = (value, store.identity)
                // What went into a file that was moved meanwhile is not where it belongs.
                try store.checkPlace()
                recover()
                return .success(value)
            } catch let error as StorageError {
                degrade(error)
                guard mayTryAgain() else { return .failure(error) }
            } catch {
                return .failure(error)
            }
        }
    }

    /// Opens the file anew where it was moved, or fails too often.
    private mutating func restore() throws {
        guard mustReopen else { return }
        try store.reopen()
        if try !store.knows(boot: boot) { try begin(store) }
        mustReopen = false
        logger.notice("the store was opened anew", metadata: ["store": "\(store.path)"])
    }

    private mutating func degrade(_ error: StorageError) {
        failures += 1
        if error.isDamage {
            isDamaged = true
            store.markCorrupt()
        }
        mustReopen =
            mustReopen || error.code == .missing
            || error.code != .busy && error.code != .full
                && failures >= Self.failuresBeforeReopening
        let advice = isDamaged ? "; restart variometer: it begins a new file" : ""
        telemetry.addStoreFailure(code: error.code.rawValue)
        guard outage == nil || isDamaged else {
            return telemetry.setStoreFault("\(error)", outage)
        }
        outage = outage ?? StoreOutage(since: now(), code: error.code.rawValue, reason: "\(error)")
        telemetry.setStoreFault("\(error)\(advice)", outage)
        logger.error(
            "the store cannot be written to: results wait, and are dropped where too many do",
            metadata: ["code": "\(error.code.rawValue)", "error": "\(error)\(advice)"])
    }

    private mutating func recover() {
        failures = 0
        backoff.reset()
        guard var past = outage else { return }
        past.until = now()
        outage = nil
        telemetry.setStoreFault(nil, nil)
        logger.notice(
            "the store can be written to again",
            metadata: ["since": "\(past.since.rfc3339)", "code": "\(past.code)"])
        // Where this fails, what comes next fails as well, and is told.
        try? store.keep(past)
    }

    /// Rests before the next try; false: it is given up.
    private mutating func mayTryAgain() -> Bool {
        guard !isDamaged else { return waitForHurry() }
        guard !isTooLate() else { return false }
        let rest = min(backoff.rest(), isHurried() ? backoff.first : backoff.limit)
        let end = monotonicNanoseconds() + rest.nanoseconds
        let wasHurried = isHurried()
        while isHurried() == wasHurried {
            let left = end - monotonicNanoseconds()
            guard left > 0 else { break }
            wakeup.sleep(atMost: left)
        }
        return true
    }

    private mutating func isTooLate() -> Bool {
        guard isHurried() else { return false }
        let end = giveUpAt ?? monotonicNanoseconds() + Self.lastTries
        giveUpAt = end
        return monotonicNanoseconds() >= end
    }

    /// A damaged store is not written to again: what waits is kept until all is ended.
    private func waitForHurry() -> Bool {
        while !isHurried(), !endsOnDamage() { wakeup.sleep(atMost: backoff.limit.nanoseconds) }
        return false
    }

    private func tellLost(_ results: Int, _ error: any Error) {
        guard results > 0 else { return }
        logger.error(
            "results are lost: the store could not be written to",
            metadata: ["results": "\(results)", "error": "\(error)"])
    }
}

/// Why a write was never tried.
enum GivenUp: Error, CustomStringConvertible {
    case damaged, closed

    var description: String {
        switch self {
        case .damaged: "the store is damaged: restart variometer, it begins a new file"
        case .closed: "nothing more is recorded: variometer ends"
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
