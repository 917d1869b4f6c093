import Foundation
package import Model
package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Serves a world over HTTP/1.1.
package final class SimulatorServer: Sendable {
    /// Where TLS takes its identity from: paths of PEM files.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What was asked so far.
    package struct Statistics: Sendable {
        package var requests = 0
        package var connections = 0
        /// Calls of an endpoint that does not exist here, such as the events endpoint.
        package var unknown = 0
    }

    package let port: Int
    private let channel: any Channel
    private let desk: AnsweringDesk

    private init(channel: any Channel, desk: AnsweringDesk) {
        self.channel = channel
        self.desk = desk
        port = channel.localAddress?.port ?? 0
    }

    /// Listens on loopback, or on `host`; port 0 is a free one.
    package static func start(
        world: World, seed: UInt64, timeline: Timeline, host: String = "127.0.0.1", port: Int,
        journal: Journal? = nil, identity: Identity? = nil, group: any EventLoopGroup
    ) async throws -> SimulatorServer {
        let desk = AnsweringDesk(world: world, seed: seed, timeline: timeline, journal: journal)
        let tls = try identity.map(context(for:))
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                desk.countConnection()
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(RequestHandler(desk: desk))
                }
            }
            .bind(host: host, port: port).get()
        if let journal {
            channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(50), delay: .milliseconds(50)
            ) { _ in journal.flush() }
        }
        return SimulatorServer(channel: channel, desk: desk)
    }

    /// Listens no more; every answer that was given is in the journal.
    package func stop() async throws {
        try await channel.close()
        desk.flush()
    }

    package func statistics() -> Statistics { desk.statistics }

    private static func context(for identity: Identity) throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMFile(identity.certificate)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))))
    }
}
