import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Storage
@testable import Variometer

@Suite("The recorder")
struct RecorderTests {
    /// What was acknowledged, in its order.
    private final class Acknowledged: Sendable {
        private let all = Mutex<[[Int64]]>([])
        var seqs: [[Int64]] { all.withLock { $0 } }
        func add(_ seqs: [Int64]) { all.withLock { $0.append(seqs) } }
    }

    private func record(
        _ indices: Range<Int>, plan: String = "shop", experiences: Int = 1, at desk: Desk,
        _ acknowledged: Acknowledged = Acknowledged()
    ) {
        desk.recorder.record(
            indices.map { probeResult(index: $0, plan: plan, experiences: experiences) },
            of: roundStatus(plan: plan, position: indices.upperBound), oldestDue: nil,
            committed: acknowledged.add)
    }

    @Test("tells each batch the places of its own observations, in the order of the batches")
    func places() async throws {
        let desk = try Desk()
        let acknowledged = Acknowledged()
        record(0..<2, at: desk, acknowledged)
        record(0..<1, plan: "other", experiences: 3, at: desk, acknowledged)
        record(2..<2, at: desk, acknowledged)
        record(2..<3, at: desk, acknowledged)
        #expect(acknowledged.seqs.isEmpty && desk.telemetry.snapshot().waitingResults == 4)
        async let writing: Void = desk.recorder.run()
        try await desk.recorder.finish(roundStatus(position: 3))
        let first = try #require(acknowledged.seqs.first?.first)
        #expect(
            acknowledged.seqs
                == [[0, 1], [2, 3, 4], [], [5]].map { $0.map { Int64($0) + first } })
        #expect(desk.telemetry.snapshot().waitingResults == 0)
        desk.recorder.close()
        await writing
        #expect(try desk.indices() == [0, 1, 0, 0, 0, 2])
        #expect(try desk.store.lastRound(plan: "shop", target: "t")?.position == 3)
        #expect(try desk.store.lastRound(plan: "other", target: "t")?.position == 1)
        #expect(try desk.store.check().isEmpty)
    }

    @Test("acknowledges nothing while the folder is away, and loses nothing")
    func folderAway() async throws {
        let desk = try Desk()
        let acknowledged = Acknowledged()
        async let writing: Void = desk.recorder.run()
        record(0..<3, at: desk, acknowledged)
        try await desk.recorder.finish(roundStatus(position: 3))
        try desk.folder.move("data", to: "away")
        record(3..<5, at: desk, acknowledged)
        #expect(await desk.logged("cannot be written to"))
        #expect(acknowledged.seqs.count == 1)
        let state = desk.telemetry.snapshot()
        #expect(state.outage?.code == "missing" && state.outage?.until == nil)
        #expect(
            state.storeFault != nil && state.outage?.reason.contains("moved or deleted") ?? false)
        #expect(state.waitingResults == 2 && (state.storeFailures["missing"] ?? 0) > 0)
        try desk.folder.move("away", to: "data")
        try await desk.recorder.finish(roundStatus(position: 5))
        #expect(await desk.logged("can be written to again"))
        desk.recorder.close()
        await writing
        #expect(try desk.indices() == [0, 1, 2, 3, 4])
        #expect(desk.telemetry.snapshot().outage == nil)
        #expect(try desk.store.lastOutage()?.until != nil)
    }

    @Test("begins a new file where its own was deleted")
    func deleted() async throws {
        let desk = try Desk()
        async let writing: Void = desk.recorder.run()
        record(0..<3, at: desk)
        try await desk.recorder.finish(roundStatus(position: 3))
        try desk.folder.remove("data/v.db", "data/v.db-wal", "data/v.db-shm")
        record(3..<5, at: desk)
        try await desk.recorder.finish(roundStatus(position: 5))
        desk.recorder.close()
        await writing
        #expect(try desk.indices() == [3, 4])
        #expect(try desk.store.check().isEmpty && desk.store.knows(boot: "b"))
        #expect(try desk.store.configurations().count == 1)
    }

    @Test("keeps what its log held where that was deleted", arguments: ["v.db-wal", "v.db-shm"])
    func logDeleted(name: String) async throws {
        let desk = try Desk()
        async let writing: Void = desk.recorder.run()
        record(0..<3, at: desk)
        try await desk.recorder.finish(roundStatus(position: 3))
        try desk.folder.remove("data/" + name)
        record(3..<5, at: desk)
        try await desk.recorder.finish(roundStatus(position: 5))
        desk.recorder.close()
        await writing
        try desk.store.close()
        #expect(try desk.indices() == [0, 1, 2, 3, 4])
    }

    @Test("gives up in a hurry what cannot be written, and says what is lost")
    func hurry() async throws {
        let desk = try Desk()
        let acknowledged = Acknowledged()
        async let writing: Void = desk.recorder.run()
        try desk.folder.move("data", to: "away")
        record(0..<2, at: desk, acknowledged)
        let finishing = Task { try await desk.recorder.finish(roundStatus(position: 2)) }
        #expect(await desk.logged("cannot be written to"))
        desk.recorder.hurry()
        await #expect(throws: StorageError.self) { try await finishing.value }
        #expect(await desk.logged("results are lost"))
        desk.recorder.close()
        await writing
        #expect(acknowledged.seqs.isEmpty)
        await #expect(throws: GivenUp.self) {
            try await desk.recorder.finish(roundStatus(position: 2))
        }
    }

    @Test("writes no more to a damaged store, and marks it for the next start")
    func damaged() async throws {
        let desk = try Desk()
        async let writing: Void = desk.recorder.run()
        let failing = Task {
            try await desk.recorder.write { store in
                throw StorageError(.corrupt, "record", store.path, hint: "none")
            }
        }
        #expect(await desk.logged("cannot be written to"))
        #expect(FileManager.default.fileExists(atPath: desk.folder.path("data/v.db.corrupt")))
        let fault = desk.telemetry.snapshot().storeFault
        #expect(fault?.hasSuffix("; restart variometer: it begins a new file") ?? false)
        let acknowledged = Acknowledged()
        record(0..<2, at: desk, acknowledged)
        desk.recorder.close()
        await writing
        await #expect(throws: StorageError.self) { try await failing.value }
        #expect(try desk.indices().isEmpty && acknowledged.seqs.isEmpty)
    }
}
