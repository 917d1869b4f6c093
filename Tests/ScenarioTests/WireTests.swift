import Model
import NIOCore
import Simulator
import Storage
import Synchronization
import TestKit
import Testing
import WorldRig

@testable import Probing

@Suite("What the rig makes of answers")
struct WireTests {
    /// Every fault, a control group that is told, payloads that are filled in.
    private static var scenario: Scenario {
        var scenario = Scenario.week()
        scenario.world.faults = FaultRule.Kind.allCases.filter { !$0.breaksConnections }
            .map { FaultRule($0, share: 0.05) }
        scenario.world.experiences[0].controlPercent = 20
        scenario.world.experiences[0].tellsFailures = true
        scenario.world.experiences[1].audiences[0].payloads = [
            "1": [
                "Title": PayloadField("Hello {{user}}"),
                "Columns": PayloadField("2", type: "number"),
            ]
        ]
        return scenario
    }

    @Test("is what the wire reads from their bytes")
    func isTheSame() throws {
        let asked = Asked()
        let scenario = Self.scenario
        var rig = try WorldRig(scenario, seed: 5)
        rig.witness = { probe, _ in asked.add(probe) }
        try rig.run(until: scenario.start.advanced(by: Instant.microsecondsPerHour / 6))
        let lines = try rig.store.observationLines(after: 0, since: nil, until: nil, limit: .max)
        let target = try #require(rig.configuration.targets.first)
        let wire = wire(to: target, key: Secret("secret"), userAgent: "test")
        let answerer = Answerer(world: scenario.world, seed: 5 ^ 0x57_4F52_4C44)
        var rows = lines[...]
        for probe in asked.probes {
            let answer = answerer.answer(
                try request(wire.fetchRequest(for: probe)), now: scenario.start, attempt: 0)
            let response = Response(
                status: answer.status, body: ByteBuffer(bytes: answer.body))
            let observations =
                switch wire.observations(in: response, of: probe) {
                case .answered(let observations): observations
                case .failed(let failure): ProbeResult.failedObservations(of: probe, failure)
                }
            let own = rows.prefix(observations.count).map(\.observation)
            rows = rows.dropFirst(observations.count)
            #expect(own.map { $0.fingerprinted("") } == observations.map { $0.fingerprinted("") })
            #expect(own.map { $0.fingerprint == nil } == observations.map { $0.fingerprint == nil })
        }
        #expect(rows.isEmpty && asked.probes.count == 600)
    }

    private func request(_ sent: Probing.Request) throws -> Simulator.Request {
        Request(
            method: "POST", path: Answerer.fetchPath,
            headers: [
                "moe-appkey": "WS1", "authorization": "Basic V1MxOnNlY3JldA==",
            ], body: sent.body)
    }
}

extension FaultRule.Kind {
    fileprivate var breaksConnections: Bool { self == .reset || self == .truncated }
}

/// The probes, in their order.
private final class Asked: Sendable {
    private let list = Mutex<[Probe]>([])

    var probes: [Probe] { list.withLock { $0 } }

    func add(_ probe: Probe) { list.withLock { $0.append(probe) } }
}
