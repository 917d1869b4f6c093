import ArgumentParser
import Storage

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Looks after a store.",
        subcommands: [
            Check.self, Statistics.self, Compact.self, Backup.self, SalvageStore.self, Answer.self,
        ])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Finds damage; exits 1 if there is any.")

        @OptionGroup var options: StoreOptions

        func run() throws {
            let path = try options.path()
            let damages = try Store.damages(of: path)
            for damage in damages { StandardOutput.write("\(damage)\n") }
            guard damages.isEmpty else {
                throw CommandFailure(
                    .checkFailed,
                    "\(path): \(damages.count) damage(s) found; copy what can be read:"
                        + " variometer store salvage --store \(path) --out NEW")
            }
            StandardOutput.write("\(path): sound\n")
        }
    }

    struct Statistics: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats", abstract: "Tells what a store holds.")

        @OptionGroup var options: StoreOptions

        func run() throws {
            let path = try options.path()
            let statistics = try Store(reading: path).statistics()
            StandardOutput.write("\(path)\n\(statistics)\n")
        }
    }
}
