package import Model
import NIOCore
import Synchronization

/// Answers for all connections: the world, the clock, the limiter, the journal, and how often each
/// request came.
package final class AnsweringDesk: Sendable {
    private struct State {
        var statistics = SimulatorServer.Statistics()
        var attempts: [Int: Int] = [:]
        var limiter: Limiter?

        /// How often the same was asked before.
        mutating func countAttempt(of request: Request) -> Int {
            if attempts.count >= AnsweringDesk.attemptLimit { attempts.removeAll() }
            var hasher = Hasher()
            hasher.combine(request.path)
            hasher.combine(request.body)
            let key = hasher.finalize()
            defer { attempts[key, default: 0] += 1 }
            return attempts[key] ?? 0
        }
    }

    private let answerer: Answerer
    private let timeline: Timeline
    private let journal: Journal?
    private let state: Mutex<State>
    /// Distinct requests whose attempts are counted; beyond it counting begins anew.
    private static let attemptLimit = 4_000_000

    package init(world: World, seed: UInt64, timeline: Timeline, journal: Journal? = nil) {
        answerer = Answerer(world: world, seed: seed)
        self.timeline = timeline
        self.journal = journal
        state = Mutex(State(limiter: world.rateLimit.map(Limiter.init)))
    }

    package var statistics: SimulatorServer.Statistics { state.withLock { $0.statistics } }

    func countConnection() { state.withLock { $0.statistics.connections += 1 } }

    func flush() { journal?.flush() }

    func answer(_ request: Request) -> Answer {
        let monotonic = Int64(NIODeadline.now().uptimeNanoseconds)
        return answer(request, now: timeline.instant(atNanoseconds: monotonic))
    }

    package func answer(_ request: Request, now: Instant) -> Answer {
        let (attempt, wait) = state.withLock { state in
            state.statistics.requests += 1
            return (state.countAttempt(of: request), state.limiter?.wait(for: now))
        }
        var answer = answerer.answer(request, now: now, attempt: attempt)
        if answer.isNowhere { state.withLock { $0.statistics.unknown += 1 } }
        if let wait { answer.refuse(retryAfter: wait) }
        if answer.question != nil { journal?.record(answer, at: now) }
        return answer
    }
}
