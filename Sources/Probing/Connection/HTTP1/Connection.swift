import Model
import NIOCore

/// One HTTP/1.1 connection and the exchange that it carries, if any: the last handler of its
/// channel.
///
///     NIOSSLClientHandler? ─► Connection
final class Connection: ChannelInboundHandler, Carrier {
    typealias InboundIn = ByteBuffer

    var idleSince = NIODeadline.now()
    private let pool: ConnectionPool
    private var context: ChannelHandlerContext?
    private var remoteAddress: String?
    private var parser: ResponseParser
    private var exchange: Exchange?
    private var answer = PartialAnswer()
    private var keepsAlive = false

    init(pool: ConnectionPool) {
        self.pool = pool
        parser = ResponseParser(headLimit: pool.limits.headerBytes)
    }

    var isActive: Bool { context?.channel.isActive ?? false }

    func install(in channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(self)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        remoteAddress = context.channel.remoteAddress?.ipAddress
    }

    /// The channel has ended, active or not: what it held of this is let go.
    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func carry(_ exchange: Exchange) {
        guard let context else { return }
        self.exchange = exchange
        exchange.carrier = self
        exchange.transport.remoteAddress = remoteAddress
        answer = PartialAnswer()
        exchange.enter(.writing)
        let request = exchange.request.buffer(from: context.channel.allocator)
        context.writeAndFlush(NIOAny(request), promise: nil)
        exchange.forgetBody()
        // A write can fail at once and end the exchange before it returns.
        if !exchange.isOver { exchange.enter(.awaiting) }
    }

    func cancel() { close() }

    /// Carries nothing any more.
    func close() {
        exchange = nil
        context?.channel.close(promise: nil)
    }
}

/// The answer.
extension Connection {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nothing was asked, or was given up.
        guard let exchange else { return fail(Failure(.malformed, .httpProtocol)) }
        if exchange.stage == .awaiting { exchange.enter(.receiving) }
        parser.receive(unwrapInboundIn(data))
        do throws(ResponseParser.Fault) {
            while self.exchange === exchange, let part = try parser.next() {
                receive(part, of: exchange)
            }
        } catch {
            switch error {
            case .syntax: fail(Failure(.malformed, .httpProtocol))
            case .tooLong: fail(Failure(.malformed, .headerLimit))
            }
        }
    }

    private func receive(_ part: ResponseParser.Part, of exchange: Exchange) {
        switch part {
        case .head(let head):
            receive(head, of: exchange)
        case .body(let part):
            answer.append(part)
            exchange.transport.bytes = answer.bytes
            if answer.bytes > pool.limits.bodyBytes {
                fail(Failure(.malformed, .bodyLimit))
            }
        case .end:
            finish(exchange, keepsAlive: keepsAlive && parser.isIdle)
        }
    }

    private func receive(_ head: ResponseHead, of exchange: Exchange) {
        exchange.hasHead = true
        answer.status = head.status
        answer.encoding = head.encoding
        exchange.transport.httpStatus = head.status
        exchange.transport.httpVersion = head.version
        if answer.wantsFields(for: exchange) { answer.fields = head.fields }
        keepsAlive = head.keepsAlive && exchange.passage.policy == .keepAlive
        // Nothing asked for another protocol, and no message ends this head.
        if head.status == 101 { finish(exchange, keepsAlive: false) }
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
        if let exchange, parser.endsWithStream { return finish(exchange, keepsAlive: false) }
        fail(Failure(.unreachable, .closed))
    }

    private func fail(_ failure: Failure) {
        let failed = exchange
        pool.forget(self)
        close()
        if let failed { pool.end(failed, .failed(failure)) }
    }
}
