import ArgumentParser
import Model
import Storage

extension StoreCommand {
    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact", abstract: "Gives free pages back to the disk.",
            discussion: "Not beside a daemon, and with room for one more copy of the file.")

        @OptionGroup var options: StoreOptions

        func run() throws {
            let path = try options.path()
            // Says what is wrong with a path that is no store, instead of creating one.
            _ = try Store(reading: path)
            let store = try Store(writing: path)
            defer { try? store.close() }
            let (before, after) = try store.compact()
            StandardOutput.write("\(path): \(before) bytes before, \(after) after\n")
        }
    }

    struct Backup: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup", abstract: "Writes a checked copy, beside a running daemon.",
            discussion: "Holds everything that was acknowledged before it began.")

        @OptionGroup var options: StoreOptions

        @Option(name: .long, help: "The file to write; it must not exist.")
        var out: String

        func run() throws {
            let path = try options.path()
            try Store(reading: path).backup(to: out)
            let statistics = try Store(reading: out).statistics()
            StandardOutput.write(
                "\(out): \(statistics.results) results, \(statistics.bytes) bytes, checked\n")
        }
    }

    struct SalvageStore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "salvage", abstract: "Copies what can be read of a damaged store.",
            discussion: "The damaged file is not touched. Exits 1 if something was lost.")

        @OptionGroup var options: StoreOptions

        @Option(name: .long, help: "The store to write; it must not exist.")
        var out: String

        func run() throws {
            let path = try options.path()
            let report = try Salvage.run(from: path, to: out)
            for table in report.tables {
                let remarks = [
                    table.leftOut > 0 ? "\(table.leftOut) left out" : nil,
                    table.isDamaged ? "some of it cannot be read" : nil,
                ].compactMap { $0 }
                StandardOutput.write(
                    ([table.name, "\(table.copied) rows"] + remarks).joined(separator: "  ")
                        + "\n")
            }
            for (span, results) in report.lost {
                StandardOutput.write(
                    "lost: \(results) results that were due from \(span.since.rfc3339) to"
                        + " \(span.until.rfc3339)\n")
            }
            if report.altered > 0 {
                StandardOutput.write(
                    "altered: \(report.altered) batches hold other values than were committed\n")
            }
            if report.isRolledAnew {
                StandardOutput.write("rollups are made anew when the store is written to\n")
            }
            guard report.isComplete else {
                throw CommandFailure(.checkFailed, "\(out): not all of \(path) could be saved")
            }
            StandardOutput.write("\(out): all of it was saved\n")
        }
    }
}
