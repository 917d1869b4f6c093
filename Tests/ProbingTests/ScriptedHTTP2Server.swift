import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Synchronization

/// A server on loopback that speaks HTTP/2 from the first byte, frame by frame: it answers each
/// request with the steps of a script, whether HTTP/2 allows them or not.
final class ScriptedHTTP2Server: Sendable {
    enum Step: Sendable {
        /// Status nil: trailers.
        case head(status: String? = "200", fields: [String: String] = [:], ends: Bool = false)
        case body(String, ends: Bool = true)
        case reset(HTTP2ErrorCode)
        /// The request is the last that this connection takes.
        case goAway
        /// The request is answered when a later one of its connection says `release`.
        case hold
        case release(String)
        /// Closes the connection.
        case drop
    }

    /// A request that came, and on which connection, from 0.
    struct Request: Sendable {
        let fields: HPACKHeaders
        let body: String
        let connection: Int
    }

    /// What has come so far.
    struct Seen {
        var requests: [Request] = []
        var connections = 0
        /// Streams at once on one connection.
        var mostStreams = 0
    }

    private let channel: any Channel
    private let journal = FrameJournal()

    /// No steps: the request is never answered.
    init(
        streamLimit: Int = 100, script: @escaping @Sendable (Request) -> [Step]
    ) async throws {
        let settings = [HTTP2Setting(parameter: .maxConcurrentStreams, value: streamLimit)]
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [journal] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOHTTP2Handler(
                            mode: .server, initialSettings: settings,
                            headerBlockValidation: .disabled,
                            contentLengthValidation: .disabled),
                        FrameHandler(journal: journal, script: script),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var seen: Seen { journal.seen.withLock { $0 } }
    var requests: [Request] { seen.requests }
    /// One element for each request that has come.
    var arrivals: AsyncStream<Void> { journal.arrivals.stream }
    /// The code of each reset that a client has sent.
    var resets: AsyncStream<HTTP2ErrorCode> { journal.resets.stream }
    /// One element for each connection that has ended.
    var closings: AsyncStream<Void> { journal.closings.stream }
}

extension [ScriptedHTTP2Server.Step] {
    static func answer(_ body: String, status: String = "200") -> Self {
        [.head(status: status), .body(body)]
    }
}

private final class FrameJournal: Sendable {
    let seen = Mutex(ScriptedHTTP2Server.Seen())
    let arrivals = AsyncStream.makeStream(of: Void.self)
    let resets = AsyncStream.makeStream(of: HTTP2ErrorCode.self)
    let closings = AsyncStream.makeStream(of: Void.self)

    func connect() -> Int {
        seen.withLock { seen in
            seen.connections += 1
            return seen.connections - 1
        }
    }

    func record(_ request: ScriptedHTTP2Server.Request, streams: Int) {
        seen.withLock { seen in
            seen.requests.append(request)
            seen.mostStreams = max(seen.mostStreams, streams)
        }
        arrivals.continuation.yield()
    }
}

/// Collects the frames of each request, then plays the script on its stream.
private final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private struct Coming {
        let fields: HPACKHeaders
        var body = ""
    }

    private let journal: FrameJournal
    private let script: @Sendable (ScriptedHTTP2Server.Request) -> [ScriptedHTTP2Server.Step]
    private var connection = 0
    private var coming: [HTTP2StreamID: Coming] = [:]
    private var open: Set<HTTP2StreamID> = []
    private var held: [HTTP2StreamID] = []

    init(
        journal: FrameJournal,
        script: @escaping @Sendable (ScriptedHTTP2Server.Request) -> [ScriptedHTTP2Server.Step]
    ) {
        self.journal = journal
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = journal.connect()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers):
            open.insert(frame.streamID)
            coming[frame.streamID] = Coming(fields: headers.headers)
            if headers.endStream { play(frame.streamID, context: context) }
        case .data(let part):
            if case .byteBuffer(let bytes) = part.data {
                coming[frame.streamID]?.body += String(buffer: bytes)
            }
            if part.endStream { play(frame.streamID, context: context) }
        case .rstStream(let code):
            open.remove(frame.streamID)
            journal.resets.continuation.yield(code)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        journal.closings.continuation.yield()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func play(_ stream: HTTP2StreamID, context: ChannelHandlerContext) {
        guard let came = coming.removeValue(forKey: stream) else { return }
        let request = ScriptedHTTP2Server.Request(
            fields: came.fields, body: came.body, connection: connection)
        journal.record(request, streams: open.count)
        for step in script(request) { play(step, on: stream, context: context) }
    }

    private func play(
        _ step: ScriptedHTTP2Server.Step, on stream: HTTP2StreamID, context: ChannelHandlerContext
    ) {
        switch step {
        case .head(let status, let fields, let ends):
            let headers = HPACKHeaders(
                (status.map { [(":status", $0)] } ?? []) + fields.map { ($0, $1) })
            let payload = HTTP2Frame.FramePayload.Headers(headers: headers, endStream: ends)
            send(.headers(payload), on: stream, ends: ends, context: context)
        case .body(let text, let ends):
            let bytes = IOData.byteBuffer(ByteBuffer(string: text))
            let payload = HTTP2Frame.FramePayload.Data(data: bytes, endStream: ends)
            send(.data(payload), on: stream, ends: ends, context: context)
        case .reset(let code):
            send(.rstStream(code), on: stream, ends: true, context: context)
        case .goAway:
            let payload = HTTP2Frame.FramePayload.goAway(
                lastStreamID: stream, errorCode: .noError, opaqueData: nil)
            send(payload, on: .rootStream, ends: false, context: context)
        case .hold:
            held.append(stream)
        case .release(let body):
            for stream in held {
                for step in [ScriptedHTTP2Server.Step].answer(body) {
                    play(step, on: stream, context: context)
                }
            }
            held = []
        case .drop:
            context.close(promise: nil)
        }
    }

    private func send(
        _ payload: HTTP2Frame.FramePayload, on stream: HTTP2StreamID, ends: Bool,
        context: ChannelHandlerContext
    ) {
        if ends { open.remove(stream) }
        let frame = HTTP2Frame(streamID: stream, payload: payload)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}
