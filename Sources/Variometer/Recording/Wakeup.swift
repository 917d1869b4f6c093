import Dispatch
import Synchronization

/// Lets one thread sleep until somebody wakes it or some time has passed.
///
/// The time is a timer's and not the semaphore's: that one waits by the wall clock, and would
/// sleep for hours if it were set back meanwhile.
final class Wakeup: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let timers = DispatchQueue(label: "variometer.wakeup")
    /// Counts sleeps: a timer of one that has ended wakes nobody.
    private let sleeps = Atomic(0)
    /// True from a wake until the sleep that it ends: who is waked several times looks once.
    private let isWaked = Atomic(false)

    func wake() {
        if !isWaked.exchange(true, ordering: .acquiringAndReleasing) { semaphore.signal() }
    }

    func sleep(atMost nanoseconds: Int64) {
        let own = sleeps.add(1, ordering: .relaxed).newValue
        timers.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [self] in
            if sleeps.load(ordering: .relaxed) == own { wake() }
        }
        semaphore.wait()
        isWaked.store(false, ordering: .releasing)
    }
}
