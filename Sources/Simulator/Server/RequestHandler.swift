import Glibc
import NIOCore
import NIOHTTP1

/// Reads a request whole, has it answered, and sends the answer when its time has come.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let desk: AnsweringDesk
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private static let bodyLimit = 1 << 20

    init(desk: AnsweringDesk) {
        self.desk = desk
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.removeAll(keepingCapacity: true)
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= Self.bodyLimit else {
                return context.close(promise: nil)
            }
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let headers = Dictionary(
            head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        let answer = desk.answer(
            Request(
                method: head.method.rawValue, path: head.uri, headers: headers, body: body))
        let delay = TimeAmount.microseconds(Int64(answer.delayMilliseconds * 1_000))
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: delay) {
            bound.value.handler.send(answer, keepsAlive: head.isKeepAlive, bound.value.context)
        }
    }

    private func send(_ answer: Answer, keepsAlive: Bool, _ context: ChannelHandlerContext) {
        if answer.delivery == .reset { return reset(context) }
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
        if !answer.body.isEmpty {
            head.headers.add(name: "Content-Type", value: "application/json")
        }
        head.headers.add(name: "Content-Length", value: String(answer.body.count))
        for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
        if !keepsAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let half = answer.body.count / 2
        switch answer.delivery {
        case .truncated:
            write(answer.body[..<half], context)
            context.flush()
            context.close(promise: nil)
        case .slow(let milliseconds):
            write(answer.body[..<half], context)
            context.flush()
            let bound = NIOLoopBound(
                (handler: self, context: context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                let (handler, context) = bound.value
                handler.write(answer.body[half...], context)
                handler.end(keepsAlive: keepsAlive, context)
            }
        case .whole, .reset:
            write(answer.body[...], context)
            end(keepsAlive: keepsAlive, context)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }

    private func end(keepsAlive: Bool, _ context: ChannelHandlerContext) {
        let done = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard !keepsAlive else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        done.whenComplete { _ in bound.value.close(promise: nil) }
    }

    /// Lingering for no time makes the close a reset.
    private func reset(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        guard let socket = context.channel as? any SocketOptionProvider else {
            return context.close(promise: nil)
        }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }
}
