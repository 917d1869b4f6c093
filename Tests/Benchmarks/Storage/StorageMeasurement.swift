import Foundation
import Model

/// Measures the store beside its peers: chunk by chunk, each takes the same rows in turn.
struct StorageMeasurement {
    let bench: Workbench
    let size: StorageSize
    let tell: (String) -> Void

    /// SQLite takes minutes over more rows.
    private static let sqliteLimit = 10_000_000

    func figures() throws -> StorageFigures {
        try checkDisk()
        let storefront = Storefront(experiences: size.experiences)
        let contestants = try Contestants(storefront, on: bench)
        var source = ResultSource(storefront, size: size)
        let samples = try ingest(from: &source, contestants)
        try contestants.finish()
        tell("sizes")
        let shares = try FileShares(of: contestants.rolled.file, on: bench)
        let files = [
            (Contestant.preparedInserts, try fileBytes(contestants.prepared.file)),
            (.preparedRows, try fileBytes(contestants.preparedRows.file)),
            (.sqliteImport, try fileBytes(contestants.bulk.file)),
            (.duckDB, try fileBytes(contestants.duck.file)),
        ]
        let reports = try reports(contestants, until: source)
        let subjects = try subjects(in: contestants.rolled.file)
        tell("retention")
        let retained = try contestants.rolled.reopened()
        let retention = try RetentionMeasurement(store: retained, size: size).figures(&source)
        try retained.close()
        return StorageFigures(
            size: size, cores: Proc.allowedCores, ingest: samples, shares: shares, files: files,
            subjects: subjects, reports: reports, retention: retention)
    }

    /// Each chunk is made before its recording is timed, and read back for the peers.
    private func ingest(
        from source: inout ResultSource, _ contestants: Contestants
    ) throws -> Comparison {
        var samples: [Contestant: [Sample]] = [:]
        for start in stride(from: 0, to: size.results, by: size.chunk) {
            let count = min(size.chunk, size.results - start)
            let batches = source.next(count)
            tell("ingest: \(start * size.experiences) of \(size.observations) observations")
            let taken = try contestants.take(
                batches, observations: count * size.experiences, until: source.nextDue)
            // A last chunk that is a mere rest of one tells nothing.
            guard 2 * count >= size.chunk else { continue }
            for (contestant, sample) in taken { samples[contestant, default: []].append(sample) }
        }
        let medians = Contestants.order.compactMap { contestant in
            samples[contestant].map { (contestant, Medians(samples: $0)) }
        }
        return Comparison(medians: medians)
    }

    private func reports(
        _ contestants: Contestants, until source: ResultSource
    ) throws -> [ReportTime] {
        let measurement = ReportMeasurement(
            bench: bench, store: contestants.rolled.file, duck: contestants.duck,
            asksSQLite: size.observations <= Self.sqliteLimit, until: source.nextDue, tell: tell)
        return try measurement.times(experience: source.storefront.experiences[0])
    }

    private func subjects(in store: URL) throws -> Int {
        let count = try SQLiteConnection(store.path).prepare(
            """
            SELECT count(DISTINCT r.subject) FROM result AS r
            JOIN exchange AS e ON e.id = r.exchange_id JOIN text AS p ON p.id = e.population_id
            WHERE p.value = 'cohort'
            """)
        return try count.step() ? Int(count.integer(0)) : 0
    }

    private func checkDisk() throws {
        let attributes = try FileManager.default.attributesOfFileSystem(
            forPath: bench.folder.path)
        let free = (attributes[.systemFreeSize] as? Int) ?? .max
        let need = Double(size.diskBytes)
        tell("needs up to \((need / 1e9).text(digits: 1)) GB in \(bench.folder.path) for a while")
        guard Double(free) > need else {
            throw BenchmarkError(
                program: "scripts/benchmark storage",
                operation: "needs \((need / 1e9).text(digits: 1)) GB in \(bench.folder.path),"
                    + " where \((Double(free) / 1e9).text(digits: 1)) GB are free;"
                    + " set TMPDIR or ask for fewer --observations")
        }
    }
}

/// Who takes the rows, each with a file of its own.
private struct Contestants {
    let plain: OwnStore
    let rolled: OwnStore
    let prepared: PreparedInserts
    let preparedRows: PreparedInserts
    let bulk: BulkImport
    let duck: DuckDB
    private let bench: Workbench

    static let order: [Contestant] = [
        .variometer, .variometerRolled, .windows, .preparedInserts, .preparedRows, .sqliteImport,
        .duckDB,
    ]

    init(_ storefront: Storefront, on bench: Workbench) throws {
        self.bench = bench
        func file(_ name: String) -> URL { bench.folder.appending(path: name) }
        let configuration = storefront.configuration
        plain = try OwnStore(file("plain.db"), configuration: configuration)
        rolled = try OwnStore(file("rolled.db"), configuration: configuration)
        prepared = try PreparedInserts(
            file("prepared.db"), like: plain.file, upsertsPanel: true)
        preparedRows = try PreparedInserts(
            file("prepared-rows.db"), like: plain.file, upsertsPanel: false)
        bulk = try BulkImport(file("import.db"), like: plain.file, on: bench)
        duck = try DuckDB(file("rows.duckdb"), on: bench)
        let source = try SQLiteConnection(plain.file.path)
        try duck.create(
            (RowFile.ofResults.map(\.table) + RowFile.ofNames).map {
                try TableShape($0, in: source)
            })
    }

    func take(
        _ batches: [[ProbeResult]], observations: Int, until lowWater: Instant
    ) throws -> [(Contestant, Sample)] {
        let own = try sample(of: observations) { try plain.record(batches) }
        let recorded = try sample(of: observations) { try rolled.record(batches) }
        let closed = try sample(of: observations) {
            try rolled.closeWindows(before: lowWater)
        }
        let chunk = try prepared.copy(plain.places, of: plain.file)
        let inserted = try sample(of: observations) { try prepared.insert(chunk) }
        let alone = try sample(of: observations) { try preparedRows.insert(chunk) }
        let rows = try RowFile.ofResults.map {
            try RowFile(
                $0.table, of: plain.file, key: $0.key, places: plain.places, on: bench)
        }
        defer { for row in rows { row.remove() } }
        return [
            (.variometer, own), (.variometerRolled, recorded + closed), (.windows, closed),
            (.preparedInserts, inserted), (.preparedRows, alone),
            (.sqliteImport, try bulk.load(rows, observations: observations)),
            (.duckDB, try duck.load(rows, observations: observations)),
        ]
    }

    /// Folds the logs into the files, and gives DuckDB the names that its rows refer to.
    func finish() throws {
        try plain.close()
        try rolled.close()
        try prepared.checkpoint()
        try preparedRows.checkpoint()
        let rows = try RowFile.ofNames.map { try RowFile($0, of: rolled.file, on: bench) }
        defer { for row in rows { row.remove() } }
        _ = try duck.load(rows, observations: 0)
    }
}
