import ArgumentParser
import Foundation
import Model
import Storage

extension StoreCommand {
    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "answer",
            abstract:
                "Shows the raw answer of an observation, and what changed since the one before.",
            discussion: "The one before is the last that the same subject got in the same context.")

        @Argument(help: "An observation's id, or its seq.")
        var id: String

        @OptionGroup var options: StoreOptions

        func run() throws {
            guard let seq = Int64(id.split(separator: "-").last ?? "") else {
                throw ValidationError("'\(id)' is no observation id, as in eu-1-0badcafe-42")
            }
            let path = try options.path()
            let store = try Store(reading: path)
            guard let answer = try store.answerBody(of: seq) else {
                throw CommandFailure(.data, "\(path): there is no observation \(id)")
            }
            guard let bytes = answer.bytes else {
                throw CommandFailure(
                    .data,
                    "\(path): the answer of \(id) is not kept: it had no body, it was too large, or"
                        + " it is older than `retention: answers`")
            }
            StandardOutput.write(String(decoding: bytes, as: UTF8.self) + "\n")
            StandardError.write(
                "\(answer.subject), due \(answer.dueAt.rfc3339)\n" + difference(answer, in: store))
        }

        /// To standard error: what a pipeline reads is the answer alone.
        private func difference(_ answer: StoredAnswerBody, in store: Store) -> String {
            guard let former = try? store.answerBody(before: answer.resultID),
                let before = former.bytes, let after = answer.bytes
            else { return "no answer before it is kept\n" }
            let title = "since the answer of \(former.dueAt.rfc3339)"
            let changes = lines(of: after).difference(from: lines(of: before))
            guard !changes.isEmpty else { return title + ": nothing changed\n" }
            let told = changes.map { change in
                switch change {
                case .insert(_, let line, _): "+ " + line
                case .remove(_, let line, _): "- " + line
                }
            }
            return ([title + ":"] + told).joined(separator: "\n") + "\n"
        }

        /// One member a line, where it is JSON.
        private func lines(of bytes: [UInt8]) -> [String] {
            let data = Data(bytes)
            let options: JSONSerialization.WritingOptions = [
                .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
            ]
            let pretty = (try? JSONSerialization.jsonObject(with: data)).flatMap {
                try? JSONSerialization.data(withJSONObject: $0, options: options)
            }
            return String(decoding: pretty ?? data, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
