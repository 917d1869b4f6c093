import Model
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection and the exchange that it carries, if any: the last handler of its
/// channel.
///
///     NIOSSLClientHandler? ─► WireTap ─► HTTPResponseDecoder ─► Connection
final class Connection: ChannelInboundHandler, Carrier {
    typealias InboundIn = HTTPClientResponsePart

    var idleSince = NIODeadline.now()
    private let pool: ConnectionPool
    private let tap = WireTap()
    private let decoder: HTTPResponseDecoder
    private var channel: (any Channel)?
    private var exchange: Exchange?
    private var answer = PartialAnswer()
    private var keepsAlive = false

    init(pool: ConnectionPool) {
        self.pool = pool
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = pool.limits.headerBytes
        limits.maxHeaderListSize = pool.limits.headerBytes
        decoder = HTTPResponseDecoder(limitConfiguration: limits)
    }

    var isActive: Bool { channel?.isActive ?? false }

    func install(in channel: any Channel) throws {
        self.channel = channel
        tap.connection = self
        try channel.pipeline.syncOperations.addHandlers([
            tap, ByteToMessageHandler(decoder), self,
        ])
    }

    func carry(_ exchange: Exchange) {
        guard let channel else { return }
        self.exchange = exchange
        exchange.carrier = self
        exchange.transport.remoteAddress = channel.remoteAddress?.ipAddress
        answer = PartialAnswer()
        exchange.enter(.writing)
        decoder.write(data: .head(anyRequest))
        tap.write(exchange.request)
        exchange.forgetBody()
        // A write can fail at once and end the exchange before it returns.
        if !exchange.isOver { exchange.enter(.awaiting) }
    }

    func cancel() { close() }

    /// Carries nothing any more.
    func close() {
        exchange = nil
        channel?.close(promise: nil)
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
            receive(head, of: exchange)
        case .body(let part):
            answer.append(part)
            exchange.transport.bytes = answer.bytes
            if answer.bytes > pool.limits.bodyBytes {
                fail(Failure(.malformed, .bodyLimit))
            }
        case .end:
            finish(exchange, keepsAlive: keepsAlive)
        }
    }

    private func receive(_ head: HTTPResponseHead, of exchange: Exchange) {
        exchange.hasHead = true
        answer.status = Int(head.status.code)
        answer.encoding = head.headers.first(name: "content-encoding")?.lowercased()
        exchange.transport.httpStatus = answer.status
        exchange.transport.httpVersion = head.version == .http1_1 ? "1.1" : "1.0"
        if answer.wantsFields(for: exchange) {
            answer.fields = head.headers.map { HeaderField($0.name.lowercased(), $0.value) }
        }
        keepsAlive = head.isKeepAlive && exchange.passage.policy == .keepAlive
        // Nothing asked for another protocol, and no message ends this head.
        if head.status == .switchingProtocols { finish(exchange, keepsAlive: false) }
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
        fail(connectionFailure(error, stage: exchange?.stage, peer: nil))
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

    func write(_ request: Request) {
        guard let context else { return }
        let buffer = request.buffer(from: context.channel.allocator)
        context.writeAndFlush(NIOAny(buffer), promise: nil)
    }
}

/// The decoder must know that a request was written, and of its method only that it is neither
/// HEAD nor CONNECT.
private let anyRequest = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
