import Model
import NIOCore
import NIOPosix

/// Opens a connection for an exchange: name, address after address, TLS.
struct Connector {
    let loop: any EventLoop
    let names: NameCache
    let tls: TLSClient?

    func open(for exchange: Exchange, in pool: ConnectionPool) {
        exchange.transport.connection = .new
        if let addresses = names.fresh {
            exchange.enter(.connecting)
            return connect(exchange, to: addresses[...], in: pool)
        }
        exchange.enter(.resolving)
        names.lookUp { answer in
            guard !exchange.isOver else { return }
            switch answer {
            case .addresses(let addresses):
                exchange.enter(.connecting)
                connect(exchange, to: addresses[...], in: pool)
            case .unknownName: pool.end(exchange, .failed(Failure(.unreachable, .dnsNXDomain)))
            case .temporary: pool.end(exchange, .failed(Failure(.unreachable, .dnsTemporary)))
            }
        }
    }

    /// Tries the first address, and the next ones if that fails. Each gets an even part of the
    /// time that is left, so that a silent first address leaves room for the second.
    private func connect(
        _ exchange: Exchange, to addresses: ArraySlice<SocketAddress>, in pool: ConnectionPool
    ) {
        guard let address = addresses.first else { return }
        let connection = Connection(pool: pool, tls: tls, exchange: exchange)
        let bound = NIOLoopBound(connection, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(pool.timeLeft(for: exchange) / addresses.count)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.install(in: channel) }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenFailure { error in
                // Once active, the connection itself tells what happened to its exchange.
                guard !exchange.isOver, exchange.stage == .connecting else { return }
                if addresses.count > 1 {
                    connect(exchange, to: addresses.dropFirst(), in: pool)
                } else {
                    pool.end(exchange, .failed(connectFailure(error)))
                }
            }
    }
}

extension TimeAmount {
    fileprivate static func / (amount: TimeAmount, parts: Int) -> TimeAmount {
        .nanoseconds(amount.nanoseconds / Int64(parts))
    }
}
