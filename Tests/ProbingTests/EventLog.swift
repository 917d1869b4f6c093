import Model
import Synchronization

@testable import Probing

/// What a prober noticed about its target, in order.
final class EventLog: Sendable {
    struct Condition: Equatable {
        let state: TargetCondition.State
        var until: Int64?
        var reason: Reason?
    }

    private let list = Mutex<[ProberEvent]>([])

    var events: [ProberEvent] { list.withLock { $0 } }

    var conditions: [Condition] {
        events.compactMap { event in
            guard case .condition(let state, let until, let reason) = event else { return nil }
            return Condition(state: state, until: until, reason: reason)
        }
    }

    func note(_ event: ProberEvent) {
        list.withLock { $0.append(event) }
    }
}
