import Model
import NIOCore
import NIOSSL
import NIOTLS

/// One attempt to open a connection: connected, secured, then handed to the protocol that was
/// agreed on. It leaves the channel's pipeline when its work is done.
final class Dial: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    let address: SocketAddress
    private let race: Race
    private let tls: TLSClient?
    private var securing: NIOSSLClientHandler?
    private var channel: (any Channel)?
    private var isDone = false

    init(to address: SocketAddress, race: Race, tls: TLSClient?) {
        self.address = address
        self.race = race
        self.tls = tls
    }

    func install(in channel: any Channel) throws {
        self.channel = channel
        securing = try tls?.handler()
        let pipeline = channel.pipeline.syncOperations
        if let securing { try pipeline.addHandler(securing) }
        try pipeline.addHandler(self)
    }

    func close() {
        isDone = true
        channel?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        guard race.win(self) else { return close() }
        if securing == nil {
            hand(over: context, negotiated: nil)
        } else {
            race.exchange.enter(.securing)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        tellCertificate()
        if !isDone { hand(over: context, negotiated: negotiated) }
    }

    private func hand(over context: ChannelHandlerContext, negotiated: String?) {
        isDone = true
        let channel = context.channel
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        race.finish(channel, isHTTP2: negotiated == "h2", isSecure: securing != nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        tellCertificate()
        fail(
            connectionFailure(
                error, stage: race.exchange.stage, peer: securing?.peerCertificate))
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(Failure(.unreachable, .closed))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
    }

    private func fail(_ failure: Failure) {
        guard !isDone else { return }
        close()
        race.fail(failure)
    }

    private func tellCertificate() {
        if let peer = securing?.peerCertificate {
            race.pool.see(certificateExpiringAt: Int64(peer.notValidAfter))
        }
    }
}
