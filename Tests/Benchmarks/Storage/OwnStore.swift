import Analysis
import Foundation
import Model
import Storage

/// A store as the product writes it.
final class OwnStore {
    let file: URL
    private let store: Store
    private var evaluator: Evaluator
    /// Places of the observations recorded last, first to last.
    private(set) var places: ClosedRange<Int64> = 0...0

    private static let boot = "benchmark"

    init(_ file: URL, configuration: EffectiveConfiguration) throws {
        self.file = file
        store = try Store(writing: file.path)
        try store.begin(
            boot: Self.boot, agent: configuration.agent, configuration: configuration,
            at: Storefront.begin)
        evaluator = Evaluator(store: store)
    }

    /// One transaction for each batch.
    func record(_ batches: [[ProbeResult]]) throws {
        var first: Int64?
        var last: Int64?
        for batch in batches {
            let seqs = try store.record(batch, rounds: [], boot: Self.boot)
            first = first ?? seqs.first
            last = seqs.last ?? last
        }
        if let first, let last { places = first...last }
    }

    func closeWindows(before lowWater: Instant) throws {
        try evaluator.closeWindows(before: lowWater)
    }

    func close() throws { try store.close() }

    /// Opens what was closed, to go on.
    func reopened() throws -> OwnStore { try OwnStore(again: file) }

    private init(again file: URL) throws {
        self.file = file
        store = try Store(writing: file.path)
        evaluator = Evaluator(store: store)
    }

    /// One step; true: there was nothing to do.
    func retain(keptUs: Int64, now: Instant, limit: Int) throws -> Bool {
        var retention = Retention()
        retention.observationsUs = keptUs
        retention.fiveMinuteUs = min(keptUs, retention.fiveMinuteUs ?? keptUs)
        return try store.retain(retention, sinks: [], now: now, limit: limit).isDone
    }

    func observations() throws -> Int { try store.statistics().observations }

    /// Folds the log into the file.
    func fold() throws {
        try SQLiteConnection(file.path).run("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    var bytes: Int64 { store.fileBytes().main }
}
