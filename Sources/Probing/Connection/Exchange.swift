import Model

/// One request and what became of it: under way until it is ended, once.
final class Exchange {
    /// The whole request as it is written.
    let request: [UInt8]
    /// When it began, on the monotonic clock.
    let begunAt: Int64
    /// Its number among the pool's exchanges.
    var number = 0
    var transport = Transport()
    /// What carries it, or is being opened for it.
    var connection: Connection?
    /// True once the whole head of the answer has come.
    var hasHead = false
    private(set) var isOver = false
    private var stopwatch: Stopwatch
    private let completion: (Exchange, Verdict<Response>) -> Void

    /// `dueNanoseconds` nil: due now.
    init(
        request: [UInt8], dueNanoseconds: Int64? = nil,
        completion: @escaping (Exchange, Verdict<Response>) -> Void
    ) {
        self.request = request
        self.completion = completion
        begunAt = monotonicNanoseconds()
        stopwatch = Stopwatch(dueNanoseconds: dueNanoseconds ?? begunAt, now: begunAt)
    }

    var stage: Stage? { stopwatch.stage }
    var phases: Phases { stopwatch.phases }

    func enter(_ stage: Stage) {
        stopwatch.enter(stage, at: monotonicNanoseconds())
    }

    /// Only the pool ends an exchange, so that its own books stay right.
    func end(_ verdict: Verdict<Response>) {
        precondition(!isOver, "an exchange ends once")
        stopwatch.stop(at: monotonicNanoseconds())
        isOver = true
        connection = nil
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
