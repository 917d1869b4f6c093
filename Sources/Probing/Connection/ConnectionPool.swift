import Model
import NIOCore

/// Carries exchanges to one origin: over a kept connection where one is idle, else over a new
/// one; ends each within the target's timeout.
final class ConnectionPool {
    let limits: Limits
    private let loop: any EventLoop
    private let connector: Connector
    private let timeoutNanoseconds: Int64
    /// The longest idle first.
    private var idle = CircularBuffer<Connection>()
    /// All have one timeout, so they run out of time in the order they began: one timer serves
    /// them all.
    private var underWay = OpenWindow<Exchange>()
    private(set) var inFlight = 0
    private var isTimerSet = false
    private var closed: EventLoopPromise<Void>?

    init(loop: any EventLoop, connector: Connector, timeoutUs: Int64, limits: Limits) {
        self.loop = loop
        self.connector = connector
        self.limits = limits
        timeoutNanoseconds = timeoutUs * 1_000
    }

    func perform(_ exchange: Exchange) {
        exchange.number = underWay.open(exchange)
        inFlight += 1
        setTimer()
        if closed != nil {
            end(exchange, .failed(Failure(.unreachable, .closed)))
        } else if let connection = takeIdle() {
            exchange.transport.connection = .reused
            connection.carry(exchange)
        } else {
            connector.open(for: exchange, in: self)
        }
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

    /// Lets what is under way end or run out of time, then closes every connection. Whatever is
    /// performed after this fails.
    func close(_ promise: EventLoopPromise<Void>) {
        if let closed { return closed.futureResult.cascade(to: promise) }
        closed = promise
        if inFlight == 0 { finish(promise) }
    }

    private func finish(_ promise: EventLoopPromise<Void>) {
        let connections = idle
        idle.removeAll()
        for connection in connections { connection.close() }
        promise.succeed()
    }
}

/// Kept connections.
extension ConnectionPool {
    /// Takes back a connection whose exchange is over and which the server keeps open.
    func keep(_ connection: Connection) {
        guard closed == nil else { return connection.close() }
        closeAged()
        connection.idleSince = .now()
        idle.append(connection)
    }

    /// A connection that was closed is no longer kept.
    func forget(_ connection: Connection) {
        idle.removeAll { $0 === connection }
    }

    /// The one used last, which the server is least likely to be about to close.
    private func takeIdle() -> Connection? {
        closeAged()
        while let connection = idle.popLast() {
            if connection.isActive { return connection }
        }
        return nil
    }

    private func closeAged() {
        let oldest = NIODeadline.now() - limits.idleAge
        while let connection = idle.first, connection.idleSince < oldest {
            idle.removeFirst()
            connection.close()
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
            let connection = first.connection
            end(first, .failed(first.timeout))
            connection?.close()
        }
        setTimer()
    }
}
