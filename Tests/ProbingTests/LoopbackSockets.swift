import Glibc
import NIOCore

/// A socket of loopback that listens and whose queue is full: whoever connects is not answered.
final class FullServer: Sendable {
    let address: SocketAddress
    private let listening: CInt
    private let queued: CInt

    init(ip: String) throws {
        let (listening, queued) = (streamSocket(), streamSocket())
        self.listening = listening
        self.queued = queued
        let wanted = try SocketAddress(ipAddress: ip, port: 0)
        try checked(wanted.withSockAddr { bind(listening, $0, socklen_t($1)) })
        // The kernel queues one connection more than it is told.
        try checked(listen(listening, 0))
        let address = try SocketAddress(ipAddress: ip, port: try port(of: listening))
        try checked(address.withSockAddr { connect(queued, $0, socklen_t($1)) })
        self.address = address
    }

    deinit {
        close(queued)
        close(listening)
    }
}

/// A port of 127.0.0.1 on which nobody listens, kept from all who take any port. Who asks for it by
/// number, with `SO_REUSEADDR`, may listen on it.
final class KeptPort: Sendable {
    let number: Int
    private let bound: CInt

    init() throws {
        let bound = streamSocket()
        self.bound = bound
        var yes: CInt = 1
        try checked(
            setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size)))
        let any = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        try checked(any.withSockAddr { Glibc.bind(bound, $0, socklen_t($1)) })
        number = try port(of: bound)
    }

    deinit { close(bound) }
}

private func streamSocket() -> CInt { socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0) }

/// The port of a bound IPv4 socket: two bytes after two of the family.
private func port(of descriptor: CInt) throws -> Int {
    var bytes: [UInt8] = Array(repeating: 0, count: 16)
    var length = socklen_t(bytes.count)
    try checked(
        bytes.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                getsockname(descriptor, $0.baseAddress, &length)
            }
        })
    return Int(bytes[2]) << 8 | Int(bytes[3])
}

private func checked(_ result: CInt) throws {
    guard result == 0 else { throw IOError(errnoCode: errno, reason: "a socket of loopback") }
}
