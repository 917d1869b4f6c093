import Model
import NIOCore

/// Opens a connection for an exchange: name, addresses, TLS, version of HTTP.
struct Connector {
    let loop: any EventLoop
    let names: NameCache
    let tls: TLSClient?
    let http: HTTPChoice
    let pool: ConnectionPool

    func open(for exchange: Exchange) {
        exchange.transport.connection = .new
        let isCold = exchange.passage.policy == .newConnection
        if let addresses = isCold ? names.literal : names.known { return race(exchange, addresses) }
        exchange.enter(.resolving)
        names.lookUp { answer in
            guard !exchange.isOver else { return }
            switch answer {
            case .addresses(let addresses): race(exchange, addresses)
            case .unknownName: pool.end(exchange, .failed(Failure(.unreachable, .dnsNXDomain)))
            case .temporary: pool.end(exchange, .failed(Failure(.unreachable, .dnsTemporary)))
            }
        }
    }

    private func race(_ exchange: Exchange, _ addresses: [SocketAddress]) {
        exchange.enter(.connecting)
        Race(exchange, to: addresses, connector: self).start()
    }
}
