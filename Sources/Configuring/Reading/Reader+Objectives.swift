import Model

extension Reader {
    /// How well targets are meant to answer. `targets` are the names of all targets of the file.
    mutating func objectives(_ value: Value, targets: [Member]) -> [Objective] {
        struct Meant: Hashable {
            let target: String
            let latencyUs: Int64?
        }
        var seen: [Meant: Place] = [:]
        return (items(of: value) ?? []).compactMap { item in
            guard let objective = objective(item, targets: targets) else { return nil }
            let meant = Meant(target: objective.target, latencyUs: objective.latencyUs)
            return isNew(meant, at: item, called: "this objective", in: &seen) ? objective : nil
        }
    }

    private mutating func objective(_ value: Value, targets: [Member]) -> Objective? {
        let faultsBefore = faults.count
        guard let source = members(of: value, ObjectiveKey.self) else { return nil }
        let target = required(.target, of: source, hint: "the name of one of targets").flatMap {
            self.target($0, among: targets)
        }
        let latency = source[.latency].flatMap {
            duration($0, in: 1_000...600 * Instant.microsecondsPerSecond)
        }
        // At 100 nothing may ever fail, and there is no budget that could burn.
        let share = required(.share, of: source, hint: "for example 99.0").flatMap {
            parsed($0, as: "a percentage above 0 and below 100") { text in
                decimalNumber(text).flatMap { $0 > 0 && $0 < 100 ? $0 : nil }
            }
        }
        let over = required(.over, of: source, hint: "for example 30d").flatMap {
            duration(
                $0, in: 60 * Instant.microsecondsPerSecond...366 * Instant.microsecondsPerDay)
        }
        guard faults.count == faultsBefore, let target, let share, let over else { return nil }
        return Objective(target: target, latencyUs: latency, share: share / 100, overUs: over)
    }
}
