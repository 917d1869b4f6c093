package import Model
import NIOCore

/// One fetch as it is sent: what `plan` and `trace` show is what the wire carries.
package struct FetchRequest: Sendable {
    private let request: Request
    private let target: Target
    private let userAgent: String
    private let probe: Probe

    package init(probe: Probe, target: Target, userAgent: String) {
        self.probe = probe
        self.target = target
        self.userAgent = userAgent
        request = wire(to: target, key: nil, userAgent: userAgent).fetchRequest(for: probe)
    }

    package var body: [UInt8] { request.body }

    /// The request for people: lines end in a line feed alone, credentials read `<redacted>`.
    package var text: String { request.text }

    /// The whole request, byte for byte, as HTTP/1.1 has it.
    package func bytes(key: Secret) -> [UInt8] {
        let request = wire(to: target, key: key, userAgent: userAgent).fetchRequest(for: probe)
        return Array(request.buffer(from: ByteBufferAllocator()).readableBytesView)
    }
}
