import Analysis
import Configuring
import Foundation
import Model
import Rendering
import Storage
import Web

/// What the daemon's HTTP side shows: reports from the store, metrics from the telemetry.
struct WebFront: Sendable {
    private let store: Store
    private let telemetry: Telemetry
    private let clock: WallClock
    private let zone: String

    init(agent: Agent) {
        store = agent.store
        telemetry = agent.telemetry
        clock = agent.clock
        zone = agent.configuration.effective.zone
    }

    /// The reports as one page.
    @Sendable func page() async throws -> String {
        let assembly = assembly
        let kinds: [ReportKind] = [.summary, .split, .latency, .distribution, .coverage]
        let since = try startOfPage()
        let reports = try kinds.map { kind in
            var question = ReportQuestion(kind: kind)
            question.since = kind == .split ? nil : since
            return try ReadLimit.$current.withValue(.page) { try assembly.report(question) }
        }
        return Rendering.page(reports, time: Zone(name: zone)?.format ?? .utc)
    }

    private var assembly: ReportAssembly {
        var assembly = ReportAssembly(store: store, now: clock.now())
        assembly.outage = telemetry.snapshot().outage
        return assembly
    }

    /// A time-lapse is shown whole: its clock leaves what was probed behind in seconds.
    private func startOfPage() throws -> Moment? {
        guard case .lapse = clock else { return nil }
        return try store.earliestDue().map { .at($0) }
    }

    @Sendable func metrics() async throws -> [MetricFamily] {
        let exposition = Exposition(state: telemetry.snapshot(), storeBytes: store.fileBytes())
        // What the daemon knows of itself is told where its store cannot be read.
        return exposition.families + ((try? splitFamilies()) ?? [])
    }

    /// What keeps the daemon from being ready; none: it is.
    @Sendable func readiness() async -> [FailingCheck] {
        let state = telemetry.snapshot()
        return [
            ("store", state.storeFault), ("evaluate", state.evaluationFault),
            ("export", state.exportFault),
        ].compactMap { name, fault in fault.map { FailingCheck(name: name, detail: $0) } }
    }

    /// What whoever asks for readiness should know, though it does not keep the daemon from it.
    @Sendable func notes() async -> [String] {
        telemetry.snapshot().reloadFault.map {
            ["the last reload failed, the former configuration runs on: \($0)"]
        } ?? []
    }

    private func splitFamilies() throws -> [MetricFamily] {
        var question = ReportQuestion(kind: .split)
        question.until = .at(clock.now())
        let assembly = assembly
        let report = try ReadLimit.$current.withValue(.page) { try assembly.report(question) }
        guard case .split(let rows) = report.rows else { return [] }
        return Exposition.splitFamilies(rows.map(\.row), findings: report.findings)
    }
}
