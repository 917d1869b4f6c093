import ArgumentParser
import Configuring
import Model
import NIOPosix
import Planning
import Probing
import Rendering
import Synchronization

struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Sends one probe and shows all of it.",
        discussion: """
            The request with its secrets masked, every phase of its time, the answer, how each \
            member was read, and the rows that it makes. Nothing of it is recorded: a daemon may \
            run beside it. A failed probe is shown like any other, with exit 0.
            """)

    @OptionGroup var file: ConfigurationOption

    @Option(name: .long, help: "The plan whose question is asked; needed where there are several.")
    var plan: String?

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp(
            "Values of dimensions: `day=Monday hour=19`; `utm_medium=null` leaves it out. The rest"
                + " is as in the matrix's first context.", valueName: "dimension=value"))
    var set: [String] = []

    @Option(name: .long, help: "The customer id to ask as; default: the context's panel subject.")
    var subject: String?

    func run() async throws {
        let configuration = try file.load()
        let question = try TraceQuestion(
            plan: try chosenPlan(in: configuration), in: configuration, settings: set,
            subject: subject)
        let sheet = try await TraceSheet.asking(question, in: configuration)
        StandardOutput.write(
            render(sheet, time: Zone(name: configuration.effective.zone)?.format ?? .utc))
    }

    private func chosenPlan(in configuration: LoadedConfiguration) throws -> Plan {
        let plans = try configuration.plans(named: plan)
        guard let first = plans.first, plans.count == 1 else {
            throw CommandFailure(
                .configuration,
                plans.isEmpty
                    ? "the configuration has no plan to ask for"
                    : "name one with --plan: " + plans.map(\.name).joined(separator: ", "))
        }
        return first
    }
}

extension TraceSheet {
    /// Sends the probe over connections of its own, to the end.
    fileprivate static func asking(
        _ question: TraceQuestion, in configuration: LoadedConfiguration
    ) async throws -> TraceSheet {
        let target = question.target
        guard let key = configuration.keys[target.name] else {
            throw CommandFailure(.configuration, "target \(target.name) has no key")
        }
        let expiry = Mutex<Int64?>(nil)
        let prober = try Prober(
            endpoint: Endpoint(target: target, key: key, userAgent: probeUserAgent),
            group: MultiThreadedEventLoopGroup.singleton
        ) { event in
            if case .certificate(let seconds) = event { expiry.withLock { $0 = seconds } }
        }
        let probe: Probe
        do {
            probe = try await question.probe(asking: prober)
        } catch {
            await prober.shutdown()
            throw error
        }
        let trace = await prober.trace(
            probe, connections: question.plan.connections, on: WallClock.system.timeline())
        await prober.shutdown()
        var sheet = TraceSheet(
            result: TargetLane(prober).marked([trace.result])[0], request: trace.request)
        sheet.fields = trace.fields
        sheet.body = trace.body
        sheet.readings = trace.readings
        sheet.remarks = question.remarks
        sheet.certificateExpiry = expiry.withLock { $0 }.map {
            Instant(microseconds: $0 * Instant.microsecondsPerSecond)
        }
        sheet.lines = try stored(sheet.result, by: configuration.effective)
        return sheet
    }
}
