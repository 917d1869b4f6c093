import Dispatch
import Model
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Probing

/// Values that the tests share.
func target(
    _ url: String, timeoutUs: Int64 = 5_000_000, budget: Rate? = nil, maxInFlight: Int = 256,
    tls: TLSSettings = TLSSettings(), http: HTTPChoice = .auto
) -> Target {
    Target(
        name: "production", baseURL: url, workspaceID: "WS1", timeoutUs: timeoutUs,
        budget: budget, maxInFlight: maxInFlight, http: http, tls: tls)
}

func prober(
    for target: Target, limits: Limits = Limits(), lookup: NameLookup = .system,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    rereadKey: @escaping @Sendable () -> Secret? = { nil },
    onEvent: @escaping @Sendable (ProberEvent) -> Void = { _ in }
) throws -> Prober {
    try Prober(
        endpoint: Endpoint(
            target: target, key: Secret("SECRET"), userAgent: "probe/1", rereadKey: rereadKey),
        group: group, limits: limits, lookup: lookup, onEvent: onEvent)
}

func probe(_ index: Int = 0, experiences: [String] = ["hero"]) -> Probe {
    Probe(
        identity: ProbeIdentity(
            agent: "eu-1", plan: "storefront", target: "production", round: 1, index: index),
        subject: Subject(customerID: "panel-\(7 + index)", population: .panel),
        context: Context(day: .saturday, hour: 19), experiences: experiences)
}

/// The example of the contract (experience API §1).
let exampleProbe = Probe(
    identity: ProbeIdentity(
        agent: "eu-1", plan: "storefront", target: "production", round: 1, index: 0),
    subject: Subject(customerID: "panel-0007", population: .panel),
    context: Context(
        day: .saturday, hour: 19, device: "iphone", geo: "IN",
        attributes: [
            Attribute(name: "utm_medium", value: "email"), Attribute(name: "left", value: nil),
        ]),
    experiences: ["hero", "promo-strip"],
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) …",
    address: "103.21.58.1")

/// An answer that serves one experience.
func served(_ key: String = "hero", variation: String = #""2""#) -> String {
    """
    {"experiences":{"\(key)":{"payload":{"Title":{"value":"Hello","data_type":"string"}},\
    "experience_context":{"cid":"65eae5738ea5032b0ef60138_F_T_WP_AB_2_P_0_AU_42D",\
    "moe_locale_id":"0","moe_variation_id":\(variation),"audience_name":"High Intent Users",\
    "audience_id":"42D"}}}}
    """
}

/// A wall clock that starts now, at an instant that is easy to read.
func timeline(factor: Double = 1) -> Timeline {
    Timeline(
        anchor: Instant(microseconds: 1_700_000_000_000_000),
        anchorNanoseconds: monotonicNanoseconds(), factor: factor)
}

/// Phases add up: lag + set-up + latency = done − due, with no phase below zero and none left out
/// between the first and the last.
func expectWhole(_ result: ProbeResult, sourceLocation: SourceLocation = #_sourceLocation) {
    let phases = result.phases
    let parts = [
        phases.dnsUs, phases.connectUs, phases.tlsUs, phases.requestUs, phases.firstByteUs,
        phases.transferUs,
    ]
    #expect(parts.allSatisfy { $0 ?? 0 >= 0 } && phases.lagUs >= 0, sourceLocation: sourceLocation)
    let sum = phases.lagUs + parts.reduce(0) { $0 + ($1 ?? 0) }
    #expect(result.dueAt.distance(to: result.doneAt) == sum, sourceLocation: sourceLocation)
    if result.failure == nil {
        #expect(parts.suffix(3).allSatisfy { $0 != nil }, sourceLocation: sourceLocation)
    }
    if result.transport.connection == .reused {
        #expect(parts.prefix(3).allSatisfy { $0 == nil }, sourceLocation: sourceLocation)
    }
}

/// Returns once a probe that has time has passed: what is short of time after it does not begin
/// at the moment when every other test begins, too.
func calm() async throws {
    let server = try await ScriptedServer { _ in [.answer(served())] }
    let prober = try prober(for: target(server.url, timeoutUs: 60_000_000))
    for _ in 0..<3 { _ = await prober.probe(probe(), on: timeline()) }
    await prober.shutdown()
}

/// Blocks those who pass until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func pass() {
        semaphore.wait()
        semaphore.signal()
    }

    func open() {
        semaphore.signal()
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() {
        count.withLock { $0 += 1 }
    }
}

extension ProbeResult {
    /// The tests' schedules ask the index at its own place.
    var position: Int { probe.identity.index }
}
