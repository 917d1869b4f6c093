import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that answers each request with the steps of a script: bytes as they are,
/// whether HTTP or not.
final class ScriptedServer: Sendable {
    indirect enum Step: Sendable {
        case send([UInt8])
        /// Sends byte by byte, ten a second.
        case trickle([UInt8])
        /// Sends again and again, as fast as the peer reads.
        case flood([UInt8])
        case close
        /// Closes so that the peer meets a reset.
        case reset
        /// Plays other steps, that much later.
        case after(TimeAmount, [Step])
        /// Plays other steps once this has come.
        case once(EventLoopFuture<Void>, [Step])
        /// Tells the test that it is this step's turn.
        case tell(@Sendable () -> Void)
    }

    /// A request that came, and when among others.
    struct Request: Sendable {
        let text: String
        /// From 0, over all connections.
        let number: Int
        /// From 0.
        let connection: Int
    }

    private let channel: any Channel
    private let journal = Journal()

    /// No steps: the request is never answered.
    init(
        tls: NIOSSLContext? = nil,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        script: @escaping @Sendable (Request) -> [Step]
    ) async throws {
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .childChannelInitializer { [journal] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(HelloTap(journal: journal))
                        try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try pipeline.addHandler(ScriptHandler(journal: journal, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { journal.seen.withLock { $0.requests } }
    var connections: Int { journal.seen.withLock { $0.connections } }
    /// How each connection asked for TLS.
    var hellos: [ClientHello] { journal.seen.withLock { $0.hellos } }
    /// One element for each connection that has ended.
    var closings: AsyncStream<Void> { journal.closings.stream }
}

/// What a server has seen.
private final class Journal: Sendable {
    struct Seen {
        var requests: [ScriptedServer.Request] = []
        var hellos: [ClientHello] = []
        var connections = 0
    }

    let seen = Mutex(Seen())
    let closings = AsyncStream.makeStream(of: Void.self)

    func connect() -> Int {
        seen.withLock { seen in
            seen.connections += 1
            return seen.connections - 1
        }
    }

    func record(_ text: String, connection: Int) -> ScriptedServer.Request {
        seen.withLock { seen in
            let request = ScriptedServer.Request(
                text: text, number: seen.requests.count, connection: connection)
            seen.requests.append(request)
            return request
        }
    }
}

extension ScriptedServer.Step {
    static func send(_ text: String) -> Self { .send(Array(text.utf8)) }

    /// A whole answer.
    static func answer(
        _ body: String, status: String = "200 OK", headers: [String] = []
    ) -> Self {
        answer(Array(body.utf8), status: status, headers: headers)
    }

    static func answer(
        _ body: [UInt8], status: String = "200 OK", headers: [String] = []
    ) -> Self {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers + ["", ""]
        return .send(Array(lines.joined(separator: "\r\n").utf8) + body)
    }
}

/// Reads how a connection asks for TLS: the first bytes it sends.
private final class HelloTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let journal: Journal
    private var isOver = false

    init(journal: Journal) {
        self.journal = journal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isOver, let hello = ClientHello(Array(buffer: unwrapInboundIn(data))) {
            isOver = true
            journal.seen.withLock { $0.hellos.append(hello) }
        }
        context.fireChannelRead(data)
    }
}

/// Collects a request up to its Content-Length, then plays the script.
private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let journal: Journal
    private let script: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]
    private var connection = 0
    private var text = ""
    private var flood: ByteBuffer?

    init(
        journal: Journal,
        script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]
    ) {
        self.journal = journal
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = journal.connect()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        while let length = requestLength() {
            let whole = String(decoding: text.utf8.prefix(length), as: UTF8.self)
            text = String(decoding: text.utf8.dropFirst(length), as: UTF8.self)
            let request = journal.record(whole, connection: connection)
            for step in script(request) { play(step, context: context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        while let flood, context.channel.isWritable {
            context.writeAndFlush(wrapOutboundOut(flood), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        flood = nil
        journal.closings.continuation.yield()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Bytes of the first request; nil: it has not come whole.
    private func requestLength() -> Int? {
        guard let end = text.firstRange(of: "\r\n\r\n")?.upperBound else { return nil }
        let head = text[..<end]
        let length = head.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
        let needed = head.utf8.count + length
        return text.utf8.count >= needed ? needed : nil
    }

    private func play(_ step: ScriptedServer.Step, context: ChannelHandlerContext) {
        switch step {
        case .send(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .trickle(let bytes):
            trickle(bytes[...], into: context.channel)
        case .flood(let bytes):
            flood = ByteBuffer(bytes: bytes)
            channelWritabilityChanged(context: context)
        case .close:
            context.close(promise: nil)
        case .reset:
            let channel = context.channel
            let provider = channel as? any SocketOptionProvider
            provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .whenComplete { _ in channel.close(promise: nil) }
        case .after(let delay, let steps):
            context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
                for step in steps { self.play(step, context: context) }
            }
        case .once(let event, let steps):
            event.hop(to: context.eventLoop).assumeIsolated().whenSuccess {
                for step in steps { self.play(step, context: context) }
            }
        case .tell(let hear):
            hear()
        }
    }

    private func trickle(_ bytes: ArraySlice<UInt8>, into channel: any Channel) {
        guard let byte = bytes.first, channel.isActive else { return }
        channel.writeAndFlush(ByteBuffer(bytes: [byte]), promise: nil)
        channel.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) {
            self.trickle(bytes.dropFirst(), into: channel)
        }
    }
}
