import Model
import Testing

@testable import Probing

/// What happens to a circuit breaker, drawn: a character of `events` for each step of a quarter of
/// a second, and below it what came of it.
///
///     ?  a probe is due            +  it leaves    *  as a trial    L O U  dropped, and why
///     !  a trial is allowed        r  ready        l  limited
///     -  the trial is withdrawn    o  open         h  half-open     u  unauthorized
///     .  nothing
///
/// Any letter is a probe that ends (`Ending`); one in upper case was a trial.
struct Drawing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let events: String
    let outcome: String
    let jitter: Double

    static let step: Int64 = 250_000_000

    /// The drawings of a text, an empty line between them: a name, the events, the outcome.
    static func all(jitter: Double = 0, in text: String) -> [Drawing] {
        text.split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n").map(String.init)
            precondition(lines.count == 3, "a drawing has three lines")
            return Drawing(
                testDescription: lines[0], events: lines[1], outcome: lines[2], jitter: jitter)
        }
    }

    /// The outcome as a circuit breaker has it, whose trials are four steps apart.
    func drawn() -> String {
        var breaker = CircuitBreaker(trialInterval: 4 * Self.step)
        return String(
            events.enumerated().map { place, event in
                play(event, on: &breaker, at: Int64(place) * Self.step)
            })
    }

    private func play(
        _ event: Character, on breaker: inout CircuitBreaker, at now: Int64
    ) -> Character {
        switch event {
        case "?": return letter(of: breaker.admit(at: now))
        case "!": breaker.allowTrial()
        case "-": breaker.withdrawTrial()
        case ".": break
        default:
            guard let ending = Ending(event) else { return "_" }
            breaker.note(
                ending.failure, isTrial: event.isUppercase, wait: ending.wait, jitter: jitter,
                at: now)
        }
        return letter(of: breaker.state)
    }

    private func letter(of admission: CircuitBreaker.Admission) -> Character {
        switch admission {
        case .pass: "+"
        case .trial: "*"
        case .drop(.limited): "L"
        case .drop(.circuitOpen): "O"
        case .drop(.unauthorized): "U"
        case .drop: "_"
        }
    }

    private func letter(of state: TargetCondition.State) -> Character {
        switch state {
        case .ready: "r"
        case .limited: "l"
        case .open: "o"
        case .halfOpen: "h"
        case .unauthorized: "u"
        }
    }
}

/// How a probe can end.
private struct Ending {
    let failure: Failure?
    var wait: Int64?

    /// Nil: no letter of these.
    init?(_ letter: Character) {
        switch letter.lowercased() {
        case "a": failure = nil
        case "x": failure = Failure(.failed, .http(503))
        case "r": failure = Failure(.unreachable, .refused)
        case "q": failure = Failure(.limited, .http(429))
        case "w":
            // A 429 that asks for four steps.
            failure = Failure(.limited, .http(429))
            wait = 4 * Drawing.step
        case "k": failure = Failure(.rejected, .http(401))
        case "f": failure = Failure(.rejected, .http(403))
        case "n": failure = Failure(.rejected, .http(404))
        case "m": failure = Failure(.malformed, .notJSON)
        // Out of time: for the name, the connection, TLS; for the first byte, for the body.
        case "d": failure = Failure(.timeout, .dnsTimeout)
        case "c": failure = Failure(.timeout, .connectTimeout)
        case "s": failure = Failure(.timeout, .tlsTimeout)
        case "t": failure = Failure(.timeout, .firstByteTimeout)
        case "b": failure = Failure(.timeout, .bodyTimeout)
        default: return nil
        }
    }
}
