import ArgumentParser
import Export

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks an export against its manifest: counts, hashes, every line's shape.",
        discussion: "Exits 1 and names the broken file on damage.")

    @Argument(help: "The folder of the export.")
    var directory: String

    func run() throws {
        let damages = try verify(directory: directory)
        for damage in damages { StandardOutput.write("\(damage)\n") }
        guard damages.isEmpty else {
            throw CommandFailure(
                .checkFailed, "\(directory): \(damages.count) damage(s) found, see above")
        }
        let manifest = try Manifest(readingFrom: directory)
        StandardOutput.write(
            "\(directory): sound, \(manifest.rows) rows in \(manifest.files.count) file(s)\n")
    }
}
