import Model

/// What an exchange may travel on.
struct Passage: Sendable {
    var policy = ConnectionPolicy.keepAlive
    /// Which of the kept connections: drawn, where targets are compared; nil: the one used last,
    /// which the server is least likely to be about to close.
    var pick: UInt64?
    /// True: the answer's header fields are wanted, whatever its status.
    var keepsFields = false
}

/// What carries an exchange, or is being opened for it.
protocol Carrier: AnyObject {
    /// Its exchange is over: whatever is still under way for it is of no interest any more.
    func cancel()
}

/// One request and what became of it: under way until it is ended, once.
final class Exchange {
    /// Without its body once that was written, unless somebody wants to see it.
    private(set) var request: Request
    let passage: Passage
    /// When it began, on the monotonic clock.
    let begunAt: Int64
    /// Its number among the pool's exchanges.
    var number = 0
    var transport = Transport()
    var carrier: (any Carrier)?
    /// True once the whole head of the answer has come.
    var hasHead = false
    private(set) var isOver = false
    private var stopwatch: Stopwatch
    private let completion: (Exchange, Verdict<Response>) -> Void

    /// `dueNanoseconds` nil: due now. `heldNanoseconds` is the part of the time since then that
    /// it was held back on purpose.
    init(
        request: Request, passage: Passage = Passage(), dueNanoseconds: Int64? = nil,
        heldNanoseconds: Int64? = nil,
        completion: @escaping (Exchange, Verdict<Response>) -> Void
    ) {
        self.request = request
        self.passage = passage
        self.completion = completion
        begunAt = monotonicNanoseconds()
        stopwatch = Stopwatch(
            dueNanoseconds: dueNanoseconds ?? begunAt, now: begunAt,
            heldNanoseconds: heldNanoseconds)
    }

    var stage: Stage? { stopwatch.stage }
    var phases: Phases { stopwatch.phases }

    func enter(_ stage: Stage) {
        stopwatch.enter(stage, at: monotonicNanoseconds())
    }

    /// The request is on its way: thousands may wait for their answers.
    func forgetBody() {
        if !passage.keepsFields { request = Request(head: request.head) }
    }

    /// Only the pool ends an exchange, so that its own books stay right.
    func end(_ verdict: Verdict<Response>) {
        precondition(!isOver, "an exchange ends once")
        stopwatch.stop(at: monotonicNanoseconds())
        isOver = true
        carrier = nil
        completion(self, verdict)
    }

    /// What running out of time means here.
    var timeout: Failure {
        switch stopwatch.stage {
        case .resolving: Failure(.timeout, .dnsTimeout)
        case .connecting, nil: Failure(.timeout, .connectTimeout)
        case .securing: Failure(.timeout, .tlsTimeout)
        case .writing, .awaiting: Failure(.timeout, .firstByteTimeout)
        // A head that trickles in is still waited for: only after it is the body late.
        case .receiving: Failure(.timeout, hasHead ? .bodyTimeout : .firstByteTimeout)
        }
    }
}
