import ArgumentParser
import Configuring
import Foundation
import Model
import Storage

/// The configuration file of a command that needs one.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .long, help: "The configuration file (YAML).")
    var config: String

    /// The configuration, or every fault of it on standard error and exit 78.
    func load() throws -> LoadedConfiguration { try loadConfiguration(at: config) }
}

/// The store of a command that reads one, with or without a configuration.
struct StoreOptions: ParsableArguments {
    @Option(name: .long, help: "The store (SQLite).")
    var store: String?

    @Option(name: .long, help: "A configuration file that names the store.")
    var config: String?

    /// `--store`, else the one of `--config`, else `$VARIOMETER_STORE`, else `./variometer.db`.
    func path() throws -> String {
        if let store { return store }
        if let config { return try loadConfiguration(at: config).effective.store }
        return ProcessInfo.processInfo.environment["VARIOMETER_STORE"] ?? "variometer.db"
    }
}

/// Loads a configuration; all its faults go to standard error, one a line.
func loadConfiguration(at path: String) throws -> LoadedConfiguration {
    switch try load(path: path, environment: ProcessInfo.processInfo.environment) {
    case .loaded(let configuration):
        return configuration
    case .faulty(let faults):
        for fault in faults { StandardError.write("\(fault)\n") }
        throw CommandFailure(
            .configuration,
            "\(path): \(faults.count) fault\(faults.count == 1 ? "" : "s"), nothing was started")
    }
}
