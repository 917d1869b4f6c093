import Model
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One HTTP/2 connection: as many exchanges at once as the server allows, a stream each.
///
///     NIOSSLClientHandler? ─► NIOHTTP2Handler ─► Session
final class Session: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    var idleSince = NIODeadline.now()
    private(set) var streams = 0
    private let pool: ConnectionPool
    private var channel: (any Channel)?
    private var multiplexer: NIOHTTP2Handler.StreamMultiplexer?
    /// What the server allows; RFC 9113 §6.5.2 recommends no less than 100.
    private var streamLimit = 100
    /// True once it is to take no more streams.
    private var isDraining = false
    /// When something came, on the monotonic clock.
    private var heardAt = monotonicNanoseconds()
    /// Why it broke, where that is known.
    private(set) var failure: Failure?

    init(pool: ConnectionPool) {
        self.pool = pool
    }

    var isActive: Bool { channel?.isActive ?? false }
    var hasRoom: Bool { isActive && !isDraining && streams < streamLimit }

    func install(in channel: any Channel) throws {
        self.channel = channel
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            // Far above what a stream allows: over this the whole connection is lost, and why
            // is known only if the fields were too long even as they were compressed.
            HTTP2Setting(parameter: .maxHeaderListSize, value: pool.limits.headerBytes * 4),
        ]
        var stream = NIOHTTP2Handler.StreamConfiguration()
        // Resets are not counted: no more can come than we open streams, and a server may reset
        // each. One that answers before it has read the body does.
        stream.streamResetFrameRateLimit.windowLength = .nanoseconds(0)
        let pipeline = channel.pipeline.syncOperations
        multiplexer = try pipeline.configureHTTP2Pipeline(
            mode: .client, connectionConfiguration: connection,
            streamConfiguration: stream
        ) { stream in
            // Push is switched off: a server that opens a stream breaks the protocol.
            stream.close()
        }
        try pipeline.addHandler(self)
    }

    func carry(_ exchange: Exchange) {
        guard let channel, let multiplexer else { return }
        streams += 1
        let stream = Stream(exchange, session: self, pool: pool)
        exchange.carrier = stream
        exchange.transport.remoteAddress = channel.remoteAddress?.ipAddress
        exchange.enter(.writing)
        let bound = NIOLoopBound(stream, eventLoop: channel.eventLoop)
        let opened = channel.eventLoop.makePromise(of: (any Channel).self)
        opened.futureResult.assumeIsolated().whenFailure { stream.fail($0) }
        multiplexer.createStreamChannel(promise: opened) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(bound.value)
            }
        }
    }

    /// A stream has ended.
    func leave() {
        streams -= 1
        idleSince = .now()
        if streams == 0, isDraining { close() }
    }

    /// Something came on one of its streams.
    func hear() { heardAt = monotonicNanoseconds() }

    /// A stream that began then ran out of time. Where nothing came since, the way to the server
    /// may be gone, and only a new connection would tell.
    func doubt(since begunAt: Int64) {
        if heardAt < begunAt { retire() }
    }

    /// Takes no more streams, and is closed after the last.
    private func retire() {
        isDraining = true
        pool.forget(self)
        if streams == 0 { close() }
    }

    func close() { channel?.close(promise: nil) }
}

extension Session {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hear()
        switch unwrapInboundIn(data).payload {
        case .settings(.settings(let settings)):
            for setting in settings where setting.parameter == .maxConcurrentStreams {
                streamLimit = max(0, setting.value)
            }
        case .goAway: retire()
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An error of one stream is told to that stream.
        guard !isOfOneStream(error) else { return }
        failure = failure ?? connectionFailure(error, stage: nil, peer: nil)
        pool.forget(self)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.forget(self)
        context.fireChannelInactive()
    }

    /// The channel has ended: what it held of this is let go.
    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
        multiplexer = nil
    }
}
