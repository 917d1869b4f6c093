import Model
import NIOCore

/// Carries exchanges to one origin: over a kept connection where one is open, else over a new
/// one; ends each within the target's timeout.
final class ConnectionPool {
    let limits: Limits
    private let loop: any EventLoop
    private let names: NameCache
    private let tls: TLSClient?
    private let http: HTTPChoice
    private let timeoutNanoseconds: Int64
    private let onCertificate: (_ expirySeconds: Int64) -> Void
    /// The longest idle first.
    private var idle = CircularBuffer<Connection>()
    /// Carrying streams or not.
    private var sessions: [Session] = []
    /// All have one timeout, so they run out of time in the order they began: one timer serves
    /// them all.
    private var underWay = OpenWindow<Exchange>()
    private(set) var inFlight = 0
    private var isTimerSet = false
    private var closed: EventLoopPromise<Void>?
    private var certificateExpiry: Int64?

    init(
        loop: any EventLoop, names: NameCache, tls: TLSClient?, target: Target, limits: Limits,
        onCertificate: @escaping (_ expirySeconds: Int64) -> Void
    ) {
        self.loop = loop
        self.names = names
        self.tls = tls
        self.limits = limits
        self.onCertificate = onCertificate
        http = target.http
        timeoutNanoseconds = target.timeoutUs * 1_000
    }

    func perform(_ exchange: Exchange) {
        exchange.number = underWay.open(exchange)
        inFlight += 1
        setTimer()
        if closed != nil { return end(exchange, .failed(Failure(.unreachable, .closed))) }
        if exchange.passage.policy == .keepAlive, carryOnKept(exchange) { return }
        Connector(loop: loop, names: names, tls: tls, http: http, pool: self).open(for: exchange)
    }

    func end(_ exchange: Exchange, _ verdict: Verdict<Response>) {
        guard !exchange.isOver else { return }
        underWay.close(exchange.number)
        inFlight -= 1
        exchange.end(verdict)
        if inFlight == 0, let closed { finish(closed) }
    }

    func timeLeft(for exchange: Exchange) -> TimeAmount {
        .nanoseconds(max(1, exchange.begunAt + timeoutNanoseconds - monotonicNanoseconds()))
    }

    /// The server showed a certificate, trusted or not.
    func see(certificateExpiringAt seconds: Int64) {
        guard seconds != certificateExpiry else { return }
        certificateExpiry = seconds
        onCertificate(seconds)
    }

    /// Lets what is under way end or run out of time, then closes every connection. Whatever is
    /// performed after this fails.
    func close(_ promise: EventLoopPromise<Void>) {
        if let closed { return closed.futureResult.cascade(to: promise) }
        closed = promise
        if inFlight == 0 { finish(promise) }
    }

    private func finish(_ promise: EventLoopPromise<Void>) {
        names.close()
        let connections = idle
        idle.removeAll()
        for connection in connections { connection.close() }
        let open = sessions
        sessions = []
        for session in open { session.close() }
        promise.succeed()
    }
}

/// Kept connections.
extension ConnectionPool {
    /// Takes back a connection whose exchange is over and which the server keeps open.
    func keep(_ connection: Connection) {
        guard closed == nil else { return connection.close() }
        let now = NIODeadline.now()
        closeAged(at: now)
        connection.idleSince = now
        idle.append(connection)
    }

    /// Takes a connection that carries many exchanges at once.
    func keep(_ session: Session) {
        closeAged(at: .now())
        sessions.append(session)
    }

    /// A connection that was closed is no longer kept.
    func forget(_ connection: Connection) {
        idle.removeAll { $0 === connection }
    }

    func forget(_ session: Session) {
        sessions.removeAll { $0 === session }
    }

    private func carryOnKept(_ exchange: Exchange) -> Bool {
        closeAged(at: NIODeadline(monotonicNanoseconds: exchange.begunAt))
        let open = sessions.filter(\.hasRoom)
        if let session = pick(exchange.passage.pick, of: open.count).map({ open[$0] }) {
            exchange.transport.connection = .reused
            session.carry(exchange)
            return true
        }
        guard let connection = takeIdle(exchange.passage.pick) else { return false }
        exchange.transport.connection = .reused
        connection.carry(exchange)
        return true
    }

    private func takeIdle(_ drawn: UInt64?) -> Connection? {
        while let place = pick(drawn, of: idle.count) {
            let connection =
                place == idle.count - 1
                ? idle.removeLast()
                : idle.remove(at: idle.index(idle.startIndex, offsetBy: place))
            if connection.isActive { return connection }
        }
        return nil
    }

    /// The last place, or the one that was drawn; nil: there is none.
    private func pick(_ drawn: UInt64?, of count: Int) -> Int? {
        guard count > 0 else { return nil }
        return drawn.map { Int($0 % UInt64(count)) } ?? count - 1
    }

    private func closeAged(at now: NIODeadline) {
        let oldest = now - limits.idleAge
        while let connection = idle.first, connection.idleSince < oldest {
            idle.removeFirst()
            connection.close()
        }
        for session in sessions where session.streams == 0 && session.idleSince < oldest {
            forget(session)
            session.close()
        }
    }
}

/// Timeouts.
extension ConnectionPool {
    private func setTimer() {
        guard !isTimerSet, let first = underWay.first else { return }
        isTimerSet = true
        let deadline = NIODeadline(monotonicNanoseconds: first.begunAt + timeoutNanoseconds)
        loop.assumeIsolated().scheduleTask(deadline: deadline) { self.endLate() }
    }

    private func endLate() {
        isTimerSet = false
        while let first = underWay.first,
            timeoutNanoseconds <= monotonicNanoseconds() - first.begunAt
        {
            let carrier = first.carrier
            end(first, .failed(first.timeout))
            carrier?.cancel()
        }
        setTimer()
    }
}
