// Variometer: the executable. It wires services and commands, and decides nothing itself.
//
// In: arguments, a configuration file, the environment, signals. Out: exit codes, text on the
// standard streams, and the running daemon. The only module that knows the store and everybody
// else at once.

import ArgumentParser
import Foundation

@main
struct VariometerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "variometer",
        abstract: "Watches experience rollouts, A/B splits and latency with synthetic probes.",
        version: productVersion,
        subcommands: [
            DemoCommand.self, InitCommand.self, RunCommand.self, CheckCommand.self,
            PlanCommand.self, ProbeCommand.self, TraceCommand.self, ReportCommand.self,
            ExportCommand.self, VerifyCommand.self, ReplayCommand.self, SimulateCommand.self,
            PowerCommand.self, StoreCommand.self,
        ])

    /// Parses and runs; own failures leave with the codes of `ExitStatus`, wrong usage with 64.
    static func main() async {
        // A reader that went away (`variometer report | head`) is an error to write to, not a
        // signal to die from.
        signal(SIGPIPE, SIG_IGN)
        // And so is a file that may grow no longer.
        signal(SIGXFSZ, SIG_IGN)
        do {
            let command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch {
            leave(with: error)
        }
    }

    private static func leave(with error: any Error) -> Never {
        guard let failure = CommandFailure(describing: error) else { exit(withError: error) }
        StandardError.write("variometer: \(failure)\n")
        Foundation.exit(failure.status.rawValue)
    }
}

/// The version that `--version`, metrics and manifests tell.
let productVersion = "0.1.0"

/// The User-Agent of our own requests: whoever reads the API's logs can tell probes apart.
let probeUserAgent = "variometer/\(productVersion) (synthetic probe)"
