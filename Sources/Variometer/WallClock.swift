import Model
import Probing

/// Where wall-clock time comes from: the system, or a time-lapse of it.
enum WallClock: Sendable {
    case system
    /// A virtual clock: one timeline from start to end.
    case lapse(Timeline)

    /// A timeline anchored now. The system's is anchored anew at each round, so that a stepped
    /// clock is followed from the next round on and never bends one that runs.
    func timeline() -> Timeline {
        switch self {
        case .system:
            Timeline(
                anchor: Instant(microseconds: wallNanoseconds() / 1_000),
                anchorNanoseconds: monotonicNanoseconds())
        case .lapse(let timeline):
            timeline
        }
    }

    func now() -> Instant {
        timeline().instant(atNanoseconds: monotonicNanoseconds())
    }

    /// How long to wait, in real time, for an instant; zero if it has passed.
    func wait(until instant: Instant) -> Duration {
        let nanoseconds = timeline().nanoseconds(at: instant) - monotonicNanoseconds()
        return .nanoseconds(max(0, nanoseconds))
    }
}
