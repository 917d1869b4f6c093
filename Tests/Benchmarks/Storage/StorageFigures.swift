/// Everything that is measured of storage.
struct StorageFigures {
    let size: StorageSize
    let cores: Int
    /// Samples count observations.
    let ingest: Comparison
    /// Of the product's store with rollups.
    let shares: FileShares
    /// Bytes of the peers' files.
    let files: [(contestant: Contestant, bytes: Int)]
    /// Distinct cohort subjects that the split is told of.
    let subjects: Int
    let reports: [ReportTime]
    let retention: RetentionFigures

    func bytesEach(_ share: FileShares.Share) -> Double { each(shares[share]) }

    func each(_ bytes: Int) -> Double { Double(bytes) / Double(size.observations) }
}

/// A number beside what it ought to be and beside a peer's.
struct StorageGoal {
    /// In snake_case, with its unit.
    let name: String
    /// The same for people.
    let text: String
    let value: Double?
    var digits = 0
    var peer: Contestant?
    var peerValue: Double?
    /// The value by the peer's; in the same chunk where there are several.
    var ratio: Double?
    let goal: Claim.Goal
    /// True: the goal is one of the ratio.
    var isOfRatio = false
}

extension StorageFigures {
    var goals: [StorageGoal] { ingestGoals + [sizeGoal] + reportGoals + retentionGoals }

    private var ingestGoals: [StorageGoal] {
        [
            StorageGoal(
                name: "ingest_per_s", text: "ingest, observations/s",
                value: ingest[.variometer]?.perSecond, peer: .preparedInserts,
                peerValue: ingest[.preparedInserts]?.perSecond,
                ratio: ingest.ratio(\.perSecond, of: .variometer, to: .preparedInserts),
                goal: .atLeast(0.6), isOfRatio: true),
            StorageGoal(
                name: "ingest_with_rollups_per_s", text: "ingest with rollups, observations/s",
                value: ingest[.variometerRolled]?.perSecond, peer: .duckDB,
                peerValue: ingest[.duckDB]?.perSecond,
                ratio: ingest.ratio(\.perSecond, of: .variometerRolled, to: .duckDB),
                goal: .atLeast(100_000)),
        ]
    }

    private var sizeGoal: StorageGoal {
        let own = bytesEach(.observations)
        let duck = files.first { $0.contestant == .duckDB }.map { each($0.bytes) }
        return StorageGoal(
            name: "observation_bytes", text: "results and observations, bytes each", value: own,
            digits: 1, peer: .duckDB, peerValue: duck, ratio: duck.map { own / $0 },
            goal: .atMost(size.experiences >= 3 ? 30 : 60))
    }

    private var reportGoals: [StorageGoal] {
        let slowest = reports.max { $0.seconds < $1.seconds }
        return [
            goal(
                of: reports.first { $0.question == .split }, name: "split_ms",
                text: "split over \(subjects.formatted) subjects, ms", limit: 50),
            goal(
                of: slowest, name: "slowest_report_ms",
                text: "slowest report (\(slowest?.question.words ?? "none")), ms", limit: 100),
            StorageGoal(
                name: "report_memory_bytes", text: "a report's memory, bytes",
                value: reports.map { Double($0.peakBytes) }.max(), goal: .atMost(67_108_864)),
        ]
    }

    private var retentionGoals: [StorageGoal] {
        [
            StorageGoal(
                name: "retention_per_s", text: "retention, observations/s",
                value: retention.perSecond, peer: .variometerRolled,
                peerValue: ingest[.variometerRolled]?.perSecond,
                ratio: (ingest[.variometerRolled]?.perSecond).map { retention.perSecond / $0 },
                goal: .atLeast(1), isOfRatio: true),
            StorageGoal(
                name: "retention_longest_ms", text: "longest step of retention, ms",
                value: retention.longestSeconds * 1e3, digits: 1, goal: .atMost(50)),
            StorageGoal(
                name: "growth_bytes", text: "growth after retention, bytes an observation",
                value: retention.growthEach, digits: 1, goal: .atMost(1)),
        ]
    }

    private func goal(
        of report: ReportTime?, name: String, text: String, limit: Double
    ) -> StorageGoal {
        let peer = report?.duckSeconds
        return StorageGoal(
            name: name, text: text, value: report.map { $0.seconds * 1e3 }, digits: 1,
            peer: peer == nil ? nil : .duckDB, peerValue: peer.map { $0 * 1e3 },
            ratio: report.flatMap { own in peer.map { own.seconds / $0 } }, goal: .atMost(limit))
    }
}

extension Question {
    var words: String { rawValue.replacing("_", with: " ") }
}
