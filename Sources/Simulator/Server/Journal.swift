import Foundation
import Model
import Synchronization

/// What was truly answered, one JSON line a request, in the order of the answers.
package final class Journal: Sendable {
    private struct State {
        var pending = JSONText()
        var sequence = 0
        var handle: FileHandle?
    }

    private let state: Mutex<State>

    /// Begins a new file.
    package init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw WorldError(file: path, place: "", message: "the journal cannot be written there")
        }
        state = Mutex(State(handle: handle))
    }

    func record(_ answer: Answer, at instant: Instant) {
        state.withLock { state in
            state.sequence += 1
            state.pending.object { json in
                json.member("sequence", state.sequence)
                json.member("at", instant)
                answer.question?.write(to: &json)
                json.member("status", answer.delivery == .reset ? nil : answer.status)
                json.member("fault", answer.fault?.rawValue)
                json.name("experiences")
                json.array(answer.served) { json, served in
                    json.object {
                        $0.member("experience", served.experience)
                        $0.member("outcome", served.variation == nil ? "unmatched" : "served")
                        $0.member("variation", served.variation)
                        $0.member("audience", served.audience)
                    }
                }
            }
            state.pending.endLine()
        }
    }

    /// Writes what is pending; a reader of the file sees whole lines.
    package func flush() {
        state.withLock { state in
            guard !state.pending.bytes.isEmpty else { return }
            try? state.handle?.write(contentsOf: Data(state.pending.bytes))
            state.pending.removeAll()
        }
    }
}

extension Question {
    fileprivate func write(to json: inout JSONText) {
        json.member("subject", user)
        json.member("day", day?.rawValue)
        json.member("hour", hour)
        json.member("user_agent", userAgent)
        json.member("address", address)
        json.name("attributes")
        json.object { json in
            for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
                json.member(name, value)
            }
        }
        json.name("keys")
        json.array(keys ?? []) { $0.value($1) }
    }
}
