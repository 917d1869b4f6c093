import Foundation
import Logging
import Model
import Storage
import TestKit

@testable import Variometer

let noon = Instant(microseconds: 1_795_521_600_000_000)

func roundStatus(
    plan: String = "shop", number: Int = 1, position: Int = 0, dropped: [String: Int] = [:]
) -> RoundStatus {
    RoundStatus(
        plan: plan, target: "t", number: number, startedAt: noon, probes: 100, position: position,
        dropped: dropped)
}

func probeResult(index: Int, plan: String = "shop", experiences: Int = 1) -> ProbeResult {
    let keys = (0..<experiences).map { "e\($0)" }
    return ProbeResult(
        probe: Probe(
            identity: ProbeIdentity(agent: "a", plan: plan, target: "t", round: 1, index: index),
            subject: Subject(customerID: "panel-\(index)", population: .panel),
            context: Context(
                day: .saturday, hour: 12, device: "iphone", geo: "IN", attributes: []),
            experiences: keys),
        dueAt: noon.advanced(by: Int64(index) * 1_000), phases: Phases(lagUs: 1),
        transport: Transport(connection: .new),
        observations: keys.map { Observation(experience: $0, outcome: .unmatched) })
}

/// Keeps what is logged, and lets a test wait for it.
struct KeptLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    let lines: AsyncStream<String>.Continuation

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.yield("\(event.message)") }
}

/// A recorder with a store in a folder of its own, and what it logs.
struct Desk {
    let folder: TemporaryFolder
    let store: Store
    let telemetry = Telemetry()
    let recorder: Recorder
    private let lines: AsyncStream<String>

    static let settings = EffectiveConfiguration(store: "v.db", agent: "a", targets: [], plans: [])

    init(pace: CommitPace = CommitPace()) throws {
        folder = try TemporaryFolder()
        try folder.create("data")
        store = try Store(writing: folder.path("data/v.db"))
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        let begin: @Sendable (Store) throws -> Void = {
            try $0.begin(boot: "b", agent: "a", configuration: Self.settings, at: noon)
        }
        try begin(store)
        recorder = try Recorder(
            store: store, boot: "b", pace: pace, telemetry: telemetry,
            logger: Logger(label: "record") { _ in KeptLog(lines: sink) },
            backoff: Backoff(first: .milliseconds(1), limit: .milliseconds(5)), now: { noon },
            begin: begin)
    }

    /// Waits until something is logged. Call it in the order of the log.
    func logged(_ words: String) async -> Bool {
        for await line in lines where line.contains(words) { return true }
        return false
    }

    /// The indices of what stands at the store's path, in its order.
    func indices() throws -> [Int] {
        try Store(reading: store.path).observationLines(
            after: 0, since: nil, until: nil, limit: .max
        ).map(\.index)
    }
}

extension TemporaryFolder {
    func create(_ name: String) throws {
        try FileManager.default.createDirectory(
            at: url.appending(path: name), withIntermediateDirectories: true)
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    func remove(_ names: String...) throws {
        for name in names { try FileManager.default.removeItem(atPath: path(name)) }
    }
}
