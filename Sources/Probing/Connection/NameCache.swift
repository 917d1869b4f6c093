import NIOCore
import NIOPosix

/// The addresses of one name, kept for a while. One look-up is under way at a time, on a thread
/// of the target's own: a slow name blocks no loop, and no other target.
///
/// Addresses that are older than their age are still used while they are looked up anew, so that
/// a resolver that hangs stops nobody who knew the way; only after ten ages are they forgotten.
final class NameCache {
    private let origin: Origin
    private let lookup: NameLookup
    private let age: TimeAmount
    private let loop: any EventLoop
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private var isThreadStarted = false
    private var last: (addresses: [SocketAddress], at: NIODeadline)?
    private var waiting: [(NameLookup.Answer) -> Void] = []
    private var isLookingUp = false
    /// The host is an address itself, and needs no look-up, ever.
    let literal: [SocketAddress]?

    init(origin: Origin, lookup: NameLookup, age: TimeAmount, loop: any EventLoop) {
        self.origin = origin
        self.lookup = lookup
        self.age = age
        self.loop = loop
        literal = (try? SocketAddress(ipAddress: origin.host, port: origin.port)).map { [$0] }
    }

    /// The addresses without a look-up; nil: one is needed.
    var known: [SocketAddress]? {
        if let literal { return literal }
        guard let last, last.at + age * 10 > .now() else { return nil }
        if last.at + age <= .now() { begin() }
        return last.addresses
    }

    func lookUp(_ completion: @escaping (NameLookup.Answer) -> Void) {
        waiting.append(completion)
        begin()
    }

    func close() {
        if isThreadStarted { thread.shutdownGracefully { _ in } }
    }

    private func begin() {
        guard !isLookingUp else { return }
        isLookingUp = true
        if !isThreadStarted {
            isThreadStarted = true
            thread.start()
        }
        let (lookup, origin) = (lookup, origin)
        thread.runIfActive(eventLoop: loop) { lookup.resolve(origin.host, origin.port) }
            .assumeIsolated()
            .whenComplete { self.finish((try? $0.get()) ?? .temporary) }
    }

    private func finish(_ answer: NameLookup.Answer) {
        isLookingUp = false
        if case .addresses(let addresses) = answer { last = (addresses, .now()) }
        let callers = waiting
        waiting = []
        for caller in callers { caller(answer) }
    }
}
