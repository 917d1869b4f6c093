import Analysis
import Export
import Foundation
import Model
import Planning
import Probing
import Rendering
import ServiceLifecycle
import Storage
import Web

/// The course of a demo: probe a fixed number, show what was found, and stay up if asked to.
struct DemoScript: Service {
    let agent: Agent
    let runner: PlanRunner
    let files: DemoFiles
    let probes: Int
    let staysUp: Bool

    func run() async throws {
        let progress = ProgressLine(isShown: StandardError.isTerminal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watch(progress) }
            try await probe(progress)
            group.cancelAll()
            for prober in agent.generation.probers.values { await prober.shutdown() }
        }
        progress.finish()
        try await conclude(progress)
        if staysUp {
            StandardError.write("the page stays up; interrupt to end\n")
            try? await gracefulShutdown()
        }
    }

    private func probe(_ progress: ProgressLine) async throws {
        await withGracefulShutdownHandler {
            while progress.results < probes, !Task.isShuttingDownGracefully {
                let left = probes - progress.results
                guard (try? await runner.runRound(limit: left) { progress.add($0) }) != nil else {
                    return
                }
            }
        } onGracefulShutdown: {
            for prober in agent.generation.probers.values { prober.stop() }
        }
    }

    /// Keeps what was found so far on the progress line.
    private func watch(_ progress: ProgressLine) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            guard let report = try? report(.summary), let cells = try? coveredShare() else {
                continue
            }
            let found = report.findings.filter { $0.severity == .critical }.map(\.id)
            progress.setRemark(
                "coverage \(percent(cells))  "
                    + (found.isEmpty ? "no critical finding yet" : found.joined(separator: " ")))
        }
    }

    /// Share of the matrix' cells whose answer is on the targeting map.
    private func coveredShare() throws -> Double {
        let cells = Matrix(runner.plan.matrix).count * runner.experiences.count
        return Double(try agent.store.statistics().targetingCells) / Double(max(1, cells))
    }

    private func report(_ kind: ReportKind) throws -> Report {
        // Hours go by while a report is made.
        let now = agent.clock.now()
        let last = try agent.store.latestDue()?.advanced(by: 5 * 60 * Instant.microsecondsPerSecond)
        let assembly = ReportAssembly(store: agent.store, now: min(now, last ?? now))
        var question = ReportQuestion(kind: kind)
        question.since = try agent.store.earliestDue().map { .at($0) }
        if kind == .distribution {
            question.dimensions = [Dimension.day]
            question.experience = "weekend"
        }
        return try assembly.report(question)
    }

    private func conclude(_ progress: ProgressLine) async throws {
        var evaluator = Evaluator(store: agent.store)
        try evaluator.closeWindows(before: await agent.recorder.lowWater())
        let settings = ExportSettings.ndjson(directory: files.path("export"), everyUs: 0)
        let export = ExportService(
            store: agent.store, directory: files.path("export"), sink: settings.sink,
            pause: .zero, telemetry: agent.telemetry, logger: logger("export"))
        export.export()
        let damages = try verify(directory: files.path("export"))
        let reports = try [ReportKind.summary, .split, .latency, .distribution].map(report)
        let color = wantsColor(onTerminal: StandardOutput.isTerminal)
        for report in reports {
            StandardOutput.write(
                render(report, as: .text, time: .utc, color: color) + "\n")
        }
        let front = WebFront(agent: agent)
        try files.write(page(reports, time: .utc), to: "page.html")
        try files.write(exposition(try await front.metrics()), to: "metrics.txt")
        StandardOutput.write(progress.summary() + places(damages))
    }

    private func places(_ damages: [Damage]) -> String {
        let verdict =
            damages.isEmpty ? "verified" : damages.map(\.description).joined(separator: "; ")
        return """
            database       \(files.path("variometer.db"))
            configuration  \(files.path("variometer.yaml"))
            export         \(files.path("export"))  (\(verdict))
            page           \(files.path("page.html"))
            metrics        \(files.path("metrics.txt"))
            truth          \(files.path("journal.ndjson"))

            """
    }
}
