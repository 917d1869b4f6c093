import Model

/// Where an exchange is. It passes the stages in this order; a kept connection starts at
/// `writing`, a known address at `connecting`.
///
///     resolving ─► connecting ─► securing ─► writing ─► awaiting ─► receiving
enum Stage: Sendable {
    case resolving, connecting, securing, writing, awaiting, receiving
}

/// Times an exchange: phase by phase in whole microseconds that add up to done − due, rounded
/// down, exactly. Each phase is the difference of two roundings of the time since due.
struct Stopwatch {
    private let dueNanoseconds: Int64
    private(set) var stage: Stage?
    private(set) var phases: Phases
    /// Where the phases so far end, in microseconds after due.
    private var end: Int64

    /// Starts at the first work on the wire; what lies between due and now is lag, of which
    /// `heldNanoseconds` were waited on purpose.
    init(dueNanoseconds: Int64, now: Int64, heldNanoseconds: Int64? = nil) {
        self.dueNanoseconds = dueNanoseconds
        let lagUs = max(0, (now - dueNanoseconds).flooredDivision(by: 1_000))
        let heldUs = heldNanoseconds.map { min(lagUs, max(0, $0.flooredDivision(by: 1_000))) }
        end = lagUs
        phases = Phases(lagUs: lagUs, heldUs: heldUs)
    }

    /// Ends the present stage, if there is one, and begins the next.
    mutating func enter(_ next: Stage, at now: Int64) {
        stop(at: now)
        stage = next
    }

    /// Ends the present stage: its phase is the time since the stage began.
    mutating func stop(at now: Int64) {
        let reached = max(end, (now - dueNanoseconds).flooredDivision(by: 1_000))
        let spent = reached - end
        end = reached
        switch stage {
        case .resolving: phases.dnsUs = spent
        case .connecting: phases.connectUs = spent
        case .securing: phases.tlsUs = spent
        case .writing: phases.requestUs = spent
        case .awaiting: phases.firstByteUs = spent
        case .receiving: phases.transferUs = spent
        case nil: phases.lagUs += spent
        }
        stage = nil
    }
}
