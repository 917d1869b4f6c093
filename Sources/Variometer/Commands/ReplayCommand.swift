import Analysis
import ArgumentParser
import Model
import Storage

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Closes windows once more, from rows and the state before them.",
        discussion: """
            Picks up results that came too late for their windows. Rollups and findings are written
            anew; exits 1 if a window finds something else than it did.
            """)

    @OptionGroup var options: StoreOptions

    @Option(
        name: .long, help: "RFC 3339, or a span back from now: 24h, 7d. Whole hours are replayed.")
    var since: String

    @Option(name: .long, help: "The same; by default, up to the last closed window.")
    var until: String?

    @Option(name: .long, help: "The zone of times without an offset.")
    var zone: String?

    func run() throws {
        let path = try options.path()
        let zone = try chosenZone(zone, store: Store(reading: path))
        let now = WallClock.system.now()
        let start = try moment(since, "--since", zone: zone)?.instant(now: now) ?? now
        let end = try moment(until, "--until", zone: zone)?.instant(now: now) ?? now
        guard start < end else { throw ValidationError("--until is after --since") }
        let store = try Store(writing: path)
        defer { try? store.close() }
        do {
            let outcome = try Replay.run(store, since: start, until: end)
            StandardOutput.write(text(of: outcome))
            guard outcome.differences.isEmpty else {
                throw CommandFailure(
                    .checkFailed, "\(outcome.differences.count) window(s) find something else")
            }
        } catch let refusal as Replay.Refusal {
            throw CommandFailure(.data, "\(path): \(reason(of: refusal))")
        }
    }

    private func text(of outcome: Replay.Outcome) -> String {
        let span = outcome.span
        var lines = [
            "replayed \(span.since.rfc3339) … \(span.until.rfc3339):"
                + " \(outcome.windows) windows, \(outcome.results) results,"
                + " \(outcome.late) of them late before"
        ]
        if let carried = outcome.carried {
            lines.append("carried on to \(carried.until.rfc3339): what came before had changed")
        }
        if outcome.uncompared > 0 {
            lines.append(
                "\(outcome.uncompared) windows with findings are older than findings are kept: not"
                    + " compared")
        }
        lines.append("findings: \(outcome.same) the same byte for byte")
        for difference in outcome.differences {
            lines.append(difference.start.rfc3339)
            lines += difference.before.map { "- " + $0 } + difference.after.map { "+ " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func reason(of refusal: Replay.Refusal) -> String {
        switch refusal {
        case .nothingClosed: "no window was closed yet: there is nothing to replay"
        case .notClosedYet(let watermark):
            "windows are closed up to \(watermark.rfc3339): there is nothing to replay after it"
        case .rowsGone(let first):
            "its observations are gone (`retention`)"
                + (first.map { "; it can be replayed from \($0.rfc3339) on" } ?? "")
        }
    }
}
