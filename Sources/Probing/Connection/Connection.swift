import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// One connection and the exchange that it carries, if any: the last handler of its channel.
///
///     NIOSSLClientHandler? ─► WireTap ─► HTTPResponseDecoder ─► Connection
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    var idleSince = NIODeadline.now()
    private let pool: ConnectionPool
    private let tls: TLSClient?
    private let tap = WireTap()
    private let decoder: HTTPResponseDecoder
    private var securing: NIOSSLClientHandler?
    private var channel: (any Channel)?
    private var exchange: Exchange?
    private var answer = PartialAnswer()

    /// Opened for an exchange, which it carries as soon as it is active and secured.
    init(pool: ConnectionPool, tls: TLSClient?, exchange: Exchange) {
        self.pool = pool
        self.tls = tls
        self.exchange = exchange
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = pool.limits.headerBytes
        limits.maxHeaderListSize = pool.limits.headerBytes
        decoder = HTTPResponseDecoder(limitConfiguration: limits)
        exchange.connection = self
    }

    var isActive: Bool { channel?.isActive ?? false }

    func install(in channel: any Channel) throws {
        self.channel = channel
        tap.connection = self
        securing = try tls?.handler()
        let pipeline = channel.pipeline.syncOperations
        if let securing { try pipeline.addHandler(securing) }
        try pipeline.addHandlers([tap, ByteToMessageHandler(decoder), self])
    }

    func carry(_ exchange: Exchange) {
        guard let channel else { return }
        self.exchange = exchange
        exchange.connection = self
        exchange.transport.remoteAddress = channel.remoteAddress?.ipAddress
        answer = PartialAnswer()
        exchange.enter(.writing)
        decoder.write(data: .head(anyRequest))
        tap.write(exchange.request)
        // A write can fail at once and end the exchange before it returns.
        if !exchange.isOver { exchange.enter(.awaiting) }
    }

    /// Carries nothing any more: what is still under way on it is no longer of interest.
    func close() {
        exchange = nil
        channel?.close(promise: nil)
    }
}

/// From connected to secured.
extension Connection {
    func channelActive(context: ChannelHandlerContext) {
        // Its exchange may have run out of time meanwhile.
        guard let exchange, !exchange.isOver else { return close() }
        if securing == nil { carry(exchange) } else { exchange.enter(.securing) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, let exchange { carry(exchange) }
        context.fireUserInboundEventTriggered(event)
    }
}

/// The answer.
extension Connection {
    fileprivate func receiveFirstByte() {
        if let exchange, exchange.stage == .awaiting { exchange.enter(.receiving) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange.hasHead = true
            exchange.transport.httpStatus = Int(head.status.code)
            exchange.transport.httpVersion = "\(head.version.major).\(head.version.minor)"
            answer.head = head
            // Nothing asked for another protocol, and no message ends this head.
            if head.status == .switchingProtocols { finish(exchange, keepsAlive: false) }
        case .body(let part):
            answer.append(part)
            exchange.transport.bytes = answer.bytes
            if answer.bytes > pool.limits.bodyBytes {
                fail(Failure(.malformed, .bodyLimit))
            }
        case .end:
            finish(exchange, keepsAlive: answer.head?.isKeepAlive ?? false)
        }
    }

    private func finish(_ exchange: Exchange, keepsAlive: Bool) {
        exchange.transport.bytes = answer.bytes
        self.exchange = nil
        let response = answer.response
        answer = PartialAnswer()
        if keepsAlive && isActive { pool.keep(self) } else { close() }
        pool.end(exchange, .answered(response))
    }
}

/// Failures.
extension Connection {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(connectionFailure(error, stage: exchange?.stage, peer: securing?.peerCertificate))
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(Failure(.unreachable, .closed))
    }

    /// The channel has ended, active or not: what it held of this is let go.
    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
    }

    private func fail(_ failure: Failure) {
        let failed = exchange
        pool.forget(self)
        close()
        if let failed { pool.end(failed, .failed(failure)) }
    }
}

/// What has come of an answer so far.
private struct PartialAnswer {
    var head: HTTPResponseHead?
    private(set) var body = ByteBuffer()
    /// Bytes of the body.
    var bytes: Int { body.readableBytes }

    /// The first part is kept as it is, without a copy: most answers have only one.
    mutating func append(_ part: ByteBuffer) {
        var part = part
        if bytes == 0 { body = part } else { body.writeBuffer(&part) }
    }

    var response: Response {
        Response(
            status: head.map { Int($0.status.code) } ?? 0,
            encoding: head?.headers.first(name: "content-encoding")?.lowercased(),
            body: Array(body.readableBytesView))
    }
}

/// Stands before the decoder: stamps an answer's first byte, and writes requests as bytes.
private final class WireTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var connection: Connection?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        connection = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection?.receiveFirstByte()
        context.fireChannelRead(data)
    }

    func write(_ bytes: [UInt8]) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.writeAndFlush(NIOAny(buffer), promise: nil)
    }
}

/// The decoder must know that a request was written, and of its method only that it is neither
/// HEAD nor CONNECT.
private let anyRequest = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
