import Analysis
import ArgumentParser
import Model
import Planning
import Probing
import Storage
import Synchronization
import UnixSignals

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Runs rounds back to back at the plan's rate and records them.",
        discussion: "A round that was interrupted goes on where it stood.")

    @OptionGroup var file: ConfigurationOption

    @Option(name: .long, help: "Only this plan.")
    var plan: String?

    @Option(name: .long, help: "How many rounds of each plan.")
    var rounds: Int = 1

    @Option(name: .long, help: "Stop after this many probes of each plan.")
    var maxProbes: Int?

    @Flag(name: .long, help: "Print `ACK <observation id>` after each commit.")
    var acknowledge = false

    func validate() throws {
        guard rounds >= 1 else { throw ValidationError("--rounds is at least 1") }
        guard (maxProbes ?? 1) >= 1 else { throw ValidationError("--max-probes is at least 1") }
    }

    func run() async throws {
        let agent = try Agent(try file.load(), clock: .system)
        let runners = try await agent.runners(plan: plan)
        announce(runners)
        let progress = ProgressLine(isShown: StandardError.isTerminal && !acknowledge)
        let probers = agent.generation.probers.values
        let watch = WatchService(agent: agent, logger: logger("watch"))
        try watch.begin()
        agent.recorder.endOnDamage()
        async let recording: Void = agent.recorder.run()
        async let watching: Void = watch.noteAll()
        let stops: [@Sendable () -> Void] =
            [{ agent.recorder.hurry() }]
            + probers.map { prober -> @Sendable () -> Void in { prober.stop() } }
        try await untilSignalled(stop: stops) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for runner in runners {
                    group.addTask { try await probe(runner, of: agent, progress: progress) }
                }
                try await group.waitForAll()
            }
        }
        for prober in probers { await prober.shutdown() }
        agent.endEvents()
        await watching
        agent.recorder.close()
        await recording
        var evaluator = Evaluator(store: agent.store)
        try evaluator.closeWindows(before: await agent.recorder.lowWater())
        progress.finish()
        StandardOutput.write(progress.summary())
        try agent.store.close()
    }

    /// Runs rounds until they, or the probes asked for, are done; a stopped round ends it as well.
    private func probe(
        _ runner: PlanRunner, of agent: Agent, progress: ProgressLine
    ) async throws {
        var left = maxProbes ?? .max
        for _ in 0..<rounds where left > 0 {
            let sent = Mutex(0)
            let round = try await runner.runRound(limit: left) { step in
                if acknowledge {
                    let ids = step.seqs.map { agent.recorder.id(of: $0, agent: runner.agent) }
                    StandardOutput.write(ids.map { "ACK \($0)\n" }.joined())
                }
                sent.withLock { $0 += step.results.count }
                progress.add(step)
            }
            left -= sent.withLock { $0 }
            guard round.state == .complete else { return }
        }
    }
}

/// What will be sent, before anything is.
private func announce(_ runners: [PlanRunner]) {
    for runner in runners {
        let cost = Outlook(plan: runner.plan, pool: runner.pool, zone: nil).cost
        StandardError.write(
            "plan \(runner.plan.name) at \(runner.plan.targets.joined(separator: " and ")):"
                + " \(count(Double(cost.size.probes))) calls a round,"
                + " \(count(cost.fetchesPerDay)) a day at its own pace\n")
    }
}

/// Runs some work; the first SIGINT or SIGTERM asks it to stop gracefully.
private func untilSignalled(
    stop: [@Sendable () -> Void], _ work: @escaping @Sendable () async throws -> Void
) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            for await _ in signals {
                for stop in stop { stop() }
            }
            return false
        }
        group.addTask {
            try await work()
            return true
        }
        while let isDone = try await group.next() {
            if isDone { group.cancelAll() }
        }
    }
}
