import ArgumentParser
import Export
import Model
import Storage

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes observations as gzip NDJSON with a manifest.",
        discussion: """
            Each line is one observation as schema/observation.schema.json describes it. The \
            folder must be new or empty; `variometer verify` checks it afterwards.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson = "ndjson.gz"
    }

    @OptionGroup var store: StoreOptions

    @Option(name: .long, help: "The folder to write.")
    var out: String

    @Option(name: .long, help: "Only what was due at or after this time, or this long ago.")
    var since: String?

    @Option(name: .long, help: "Only what was due before this time.")
    var until: String?

    @Option(name: .long, help: "The zone of times without an offset.")
    var zone: String?

    @Option(name: .long, help: "The format.")
    var format: Format = .ndjson

    func run() throws {
        let store = try Store(reading: store.path())
        let zone = try chosenZone(zone, store: store)
        let now = WallClock.system.now()
        let manifest = try exportObservations(
            from: store, to: out,
            since: try moment(since, "--since", zone: zone)?.instant(now: now),
            until: try moment(until, "--until", zone: zone)?.instant(now: now))
        StandardOutput.write(
            "\(out): \(manifest.rows) rows, \(manifest.bytes) bytes,"
                + " \(manifest.files.count) file(s)\n")
    }
}

/// Reads a time argument; nil stays nil.
func moment(_ text: String?, _ option: String, zone: Zone) throws -> Moment? {
    guard let text else { return nil }
    guard let moment = Moment(text, zone: zone) else {
        throw ValidationError(
            "\(option) is RFC 3339 (2026-11-24T09:00:00Z) or a span back from now (24h, 7d),"
                + " not '\(text)'")
    }
    return moment
}

/// The zone asked for, else the one of the store's configuration, else UTC.
func chosenZone(_ name: String?, store: Store) throws -> Zone {
    let wanted = try name ?? store.configurations().last?.configuration.zone ?? "UTC"
    guard let zone = Zone(name: wanted) else {
        throw ValidationError("'\(wanted)' is no time zone; say one like Asia/Kolkata or UTC")
    }
    return zone
}
