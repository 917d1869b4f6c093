import NIOCore
import Testing

@testable import Probing

@Suite("Addresses")
struct AddressOrderTests {
    @Test(
        "are tried by families in turns, beginning with that of the first",
        arguments: [
            ([], []), (["127.0.0.1"], ["127.0.0.1"]),
            (["127.0.0.1", "127.0.0.2", "127.0.0.3"], ["127.0.0.1", "127.0.0.2", "127.0.0.3"]),
            (["::1", "127.0.0.1"], ["::1", "127.0.0.1"]),
            (["127.0.0.1", "::1"], ["127.0.0.1", "::1"]),
            (["::1", "::2", "127.0.0.1", "127.0.0.2"], ["::1", "127.0.0.1", "::2", "127.0.0.2"]),
            (["127.0.0.1", "::1", "::2", "::3"], ["127.0.0.1", "::1", "::2", "::3"]),
            (["::1", "::2", "::3", "127.0.0.1"], ["::1", "127.0.0.1", "::2", "::3"]),
            (
                ["127.0.0.1", "127.0.0.2", "::1", "127.0.0.1"],
                ["127.0.0.1", "::1", "127.0.0.2", "127.0.0.1"]
            ),
        ])
    func interleaving(found: [String], tried: [String]) throws {
        let addresses = try found.map { try SocketAddress(ipAddress: $0, port: 443) }
        #expect(interleaved(addresses).map(\.ipAddress) == tried)
    }
}
