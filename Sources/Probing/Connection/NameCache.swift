import NIOCore
import NIOPosix

/// The addresses of one name, kept for a while. One look-up is under way at a time, on a thread
/// of the pool: a slow name blocks no loop, and no more than one thread.
final class NameCache {
    private let origin: Origin
    private let lookup: NameLookup
    private let age: TimeAmount
    private let loop: any EventLoop
    private var known: (addresses: [SocketAddress], until: NIODeadline)?
    private var waiting: [(NameLookup.Answer) -> Void] = []

    init(origin: Origin, lookup: NameLookup, age: TimeAmount, loop: any EventLoop) {
        self.origin = origin
        self.lookup = lookup
        self.age = age
        self.loop = loop
        // A host that is an address needs no look-up, ever.
        if let literal = try? SocketAddress(ipAddress: origin.host, port: origin.port) {
            known = ([literal], .distantFuture)
        }
    }

    /// The addresses without a look-up; nil: one is needed.
    var fresh: [SocketAddress]? {
        known.flatMap { $0.until > .now() ? $0.addresses : nil }
    }

    func lookUp(_ completion: @escaping (NameLookup.Answer) -> Void) {
        waiting.append(completion)
        guard waiting.count == 1 else { return }
        let (lookup, origin) = (lookup, origin)
        NIOThreadPool.singleton
            .runIfActive(eventLoop: loop) { lookup.resolve(origin.host, origin.port) }
            .assumeIsolated()
            .whenComplete { self.finish((try? $0.get()) ?? .temporary) }
    }

    private func finish(_ answer: NameLookup.Answer) {
        if case .addresses(let addresses) = answer { known = (addresses, .now() + age) }
        let callers = waiting
        waiting = []
        for caller in callers { caller(answer) }
    }
}
