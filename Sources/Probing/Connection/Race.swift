import Model
import NIOCore
import NIOPosix

/// Connects to the first of several addresses that answers (Happy Eyeballs, RFC 8305 §5): one
/// attempt after the other, each a little after the one before or as soon as that has failed.
final class Race: Carrier {
    let exchange: Exchange
    let pool: ConnectionPool
    private let loop: any EventLoop
    private let tls: TLSClient?
    private let http: HTTPChoice
    private var rest: ArraySlice<SocketAddress>
    private var running: [Dial] = []
    private var winner: Dial?
    private var isOver = false
    private var next: Scheduled<Void>?

    /// Between two attempts: the delay that RFC 8305 §5 recommends.
    static let attemptDelay = TimeAmount.milliseconds(250)

    init(_ exchange: Exchange, to addresses: [SocketAddress], connector: Connector) {
        self.exchange = exchange
        pool = connector.pool
        loop = connector.loop
        tls = connector.tls
        http = connector.http
        rest = interleaved(addresses)[...]
        exchange.carrier = self
    }

    func start() {
        guard let address = rest.popFirst() else { return }
        let dial = Dial(to: address, race: self, tls: tls)
        running.append(dial)
        let bound = NIOLoopBound(dial, eventLoop: loop)
        exchange.transport.remoteAddress = address.ipAddress
        // Before the attempt: one that fails at once begins the next, and that one's timer.
        next = rest.isEmpty ? nil : startNextLater()
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(pool.timeLeft(for: exchange))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.install(in: channel) }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenFailure { self.lose(dial, error: $0) }
    }

    private func startNextLater() -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: Self.attemptDelay) {
            if self.winner == nil, !self.isOver { self.start() }
        }
    }

    /// True for the first attempt that is connected; the others are given up.
    func win(_ dial: Dial) -> Bool {
        guard winner == nil, !isOver else { return false }
        winner = dial
        exchange.transport.remoteAddress = dial.address.ipAddress
        next?.cancel()
        for other in running where other !== dial { other.close() }
        running = []
        return true
    }

    /// The winner is connected and secured.
    func finish(_ channel: any Channel, isHTTP2: Bool, isSecure: Bool) {
        isOver = true
        winner = nil
        guard !exchange.isOver else { return channel.close(promise: nil) }
        let speaksTwo = isSecure ? isHTTP2 : http == .two
        guard speaksTwo || http != .two else {
            channel.close(promise: nil)
            return pool.end(exchange, .failed(Failure(.malformed, .httpProtocol)))
        }
        do {
            if speaksTwo {
                let session = Session(pool: pool)
                try session.install(in: channel)
                if exchange.passage.policy == .keepAlive { pool.keep(session) }
                session.carry(exchange)
            } else {
                let connection = Connection(pool: pool)
                try connection.install(in: channel)
                connection.carry(exchange)
            }
        } catch {
            channel.close(promise: nil)
            pool.end(exchange, .failed(connectFailure(error)))
        }
    }

    /// The winner broke before it was ready.
    func fail(_ failure: Failure) {
        guard !isOver else { return }
        isOver = true
        winner = nil
        pool.end(exchange, .failed(failure))
    }

    func cancel() {
        isOver = true
        next?.cancel()
        for dial in running + [winner].compactMap({ $0 }) { dial.close() }
        running = []
        winner = nil
    }

    private func lose(_ dial: Dial, error: any Error) {
        running.removeAll { $0 === dial }
        guard winner == nil, !isOver else { return }
        if !rest.isEmpty {
            next?.cancel()
            start()
        } else if running.isEmpty {
            isOver = true
            pool.end(exchange, .failed(connectFailure(error)))
        }
    }
}

/// Families by turns, beginning with that of the first address (RFC 8305 §4).
func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    var own = addresses.filter { $0.protocol == first.protocol }[...]
    var other = addresses.filter { $0.protocol != first.protocol }[...]
    var turns: [SocketAddress] = []
    while !own.isEmpty || !other.isEmpty {
        if let address = own.popFirst() { turns.append(address) }
        if let address = other.popFirst() { turns.append(address) }
    }
    return turns
}
