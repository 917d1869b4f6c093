import Model
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One exchange on an HTTP/2 connection: the only handler of its stream's channel.
final class Stream: ChannelInboundHandler, Carrier {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let session: Session
    private let pool: ConnectionPool
    private var exchange: Exchange?
    private var channel: (any Channel)?
    private var answer = PartialAnswer()

    init(_ exchange: Exchange, session: Session, pool: ConnectionPool) {
        self.exchange = exchange
        self.session = session
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) {
        channel = context.channel
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let exchange, !exchange.isOver else { return context.close(promise: nil) }
        let request = exchange.request
        let headers = HTTP2Frame.FramePayload.Headers(
            headers: request.http2Fields, endStream: request.body.isEmpty)
        context.write(wrapOutboundOut(.headers(headers)), promise: nil)
        if !request.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: request.body)
            context.write(
                wrapOutboundOut(.data(.init(data: .byteBuffer(body), endStream: true))),
                promise: nil)
        }
        context.flush()
        exchange.forgetBody()
        if !exchange.isOver { exchange.enter(.awaiting) }
    }

    /// Tells the server that its answer is not wanted any more.
    func cancel() {
        guard let ended = exchange else { return }
        exchange = nil
        session.leave()
        channel?.close(promise: nil)
        session.doubt(since: ended.begunAt)
        if ended.passage.policy == .newConnection { session.close() }
    }
}

/// The answer.
extension Stream {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        session.hear()
        guard let exchange else { return }
        if exchange.stage == .awaiting { exchange.enter(.receiving) }
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            guard frame.headers.bytes <= pool.limits.headerBytes else {
                return end(.failed(Failure(.malformed, .headerLimit)), closes: true)
            }
            if !exchange.hasHead { receive(frame.headers, of: exchange) }
            if frame.endStream { finish(exchange) }
        case .data(let frame):
            if case .byteBuffer(let part) = frame.data { answer.append(part) }
            exchange.transport.bytes = answer.bytes
            if answer.bytes > pool.limits.bodyBytes {
                return end(.failed(Failure(.malformed, .bodyLimit)), closes: true)
            }
            if frame.endStream { finish(exchange) }
        case .rstStream(let code):
            end(.failed(failure(ofReset: code)), closes: false)
        default: break
        }
    }

    private func receive(_ headers: HPACKHeaders, of exchange: Exchange) {
        let status = headers.first(name: ":status").flatMap { Int($0) } ?? 0
        // An informational head comes before the one that counts.
        guard !(100..<200).contains(status) else { return }
        exchange.hasHead = true
        answer.status = status
        answer.encoding = headers.first(name: "content-encoding")?.lowercased()
        exchange.transport.httpStatus = status
        exchange.transport.httpVersion = "2"
        if answer.wantsFields(for: exchange) {
            answer.fields = headers.filter { !$0.name.hasPrefix(":") }.map {
                HeaderField($0.name.lowercased(), $0.value)
            }
        }
    }

    private func finish(_ exchange: Exchange) {
        exchange.transport.bytes = answer.bytes
        end(.answered(answer.response), closes: false)
    }

    private func end(_ verdict: Verdict<Response>, closes: Bool) {
        guard let ended = exchange else { return }
        exchange = nil
        session.leave()
        if closes { channel?.close(promise: nil) }
        if ended.passage.policy == .newConnection { session.close() }
        pool.end(ended, verdict)
    }
}

/// Failures.
extension Stream {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failed(session.failure ?? Failure(.unreachable, .closed)), closes: false)
    }

    func fail(_ error: any Error) {
        let failure =
            switch error {
            case let closed as NIOHTTP2Errors.StreamClosed: failure(ofReset: closed.errorCode)
            default: connectionFailure(error, stage: exchange?.stage, peer: nil)
            }
        end(.failed(failure), closes: true)
    }

    private func failure(ofReset code: HTTP2ErrorCode) -> Failure {
        switch code {
        case .protocolError, .flowControlError, .frameSizeError, .compressionError:
            Failure(.malformed, .httpProtocol)
        default: Failure(.unreachable, .reset)
        }
    }
}

extension HPACKHeaders {
    fileprivate var bytes: Int {
        reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}

extension Request {
    /// The request as HTTP/2 has it: names in lower case, what is about the connection left out.
    fileprivate var http2Fields: HPACKHeaders {
        var fields: HPACKHeaders = [
            ":method": head.method, ":scheme": head.isSecure ? "https" : "http",
            ":path": head.path, ":authority": head.authority,
        ]
        for field in head.fields + ownFields {
            fields.add(
                name: field.name.lowercased(), value: field.value,
                indexing: field.isSecret ? .neverIndexed : .indexable)
        }
        return fields
    }
}
