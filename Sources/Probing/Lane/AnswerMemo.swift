import Model
import NIOCore

/// Remembers what answers meant: a variation's answers are mostly the same bytes, and what they
/// say of the same experiences is a pure function of them. Looked up by hash, compared in full.
struct AnswerMemo {
    /// An answer as it was read, and its bytes as they are kept.
    struct Reading {
        let verdict: Verdict<[Observation]>
        let body: AnswerBody?
    }

    private struct Entry {
        let bytes: ByteBuffer
        let body: AnswerBody?
        let encoding: String?
        let experiences: [String]
        let observations: [Observation]
    }

    private var entries: [Entry?] = Array(repeating: nil, count: 512)
    /// Larger answers are read each time: the memo holds 16 MB at most.
    private static let bodyLimit = 16 << 10

    /// What an answer says, as remembered or as read now.
    mutating func reading(
        of response: Response, to probe: Probe, read: () -> Verdict<[Observation]>
    ) -> Reading {
        guard response.status == 200, response.body.readableBytes <= Self.bodyLimit else {
            return Reading(verdict: read(), body: keptBody(of: response))
        }
        let hash = response.body.withUnsafeReadableBytes(spreadHash)
        let place = Int(hash % UInt64(entries.count))
        if let entry = entries[place], entry.bytes == response.body,
            entry.encoding == response.encoding, entry.experiences == probe.experiences
        {
            return Reading(verdict: .answered(entry.observations), body: entry.body)
        }
        let verdict = read()
        let body = keptBody(of: response)
        if case .answered(let observations) = verdict {
            // A copy of its own: the slice would keep the whole read buffer alive.
            entries[place] = Entry(
                bytes: ByteBuffer(bytes: response.body.readableBytesView), body: body,
                encoding: response.encoding, experiences: probe.experiences,
                observations: observations)
        }
        return Reading(verdict: verdict, body: body)
    }
}

private func keptBody(of response: Response) -> AnswerBody? {
    response.body.readableBytes <= AnswerBody.limit ? AnswerBody(response.bytes) : nil
}
