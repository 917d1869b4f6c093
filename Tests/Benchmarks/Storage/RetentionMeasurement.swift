import Foundation
import Model
import Storage

/// What deleting the oldest two thirds of the days takes, and whether the file grows afterwards.
struct RetentionFigures {
    /// Observations that were deleted.
    let deleted: Int
    let seconds: Double
    /// The longest that a step kept the writer, and the 99th percentile.
    let longestSeconds: Double
    let p99Seconds: Double
    /// Bytes that the file grew by while half as many were recorded anew, each.
    let growthEach: Double

    var perSecond: Double { Double(deleted) / seconds }
}

struct RetentionMeasurement {
    let store: OwnStore
    let size: StorageSize

    /// Rows a step, as the daemon begins with.
    private static let limit = 500

    func figures(_ source: inout ResultSource) throws -> RetentionFigures {
        let before = try store.observations()
        let keptUs = Int64(size.days) * Instant.microsecondsPerDay / 3
        var steps: [Double] = []
        let now = source.nextDue
        while true {
            var isDone = false
            let step = try sample(of: 1) {
                isDone = try store.retain(keptUs: keptUs, now: now, limit: Self.limit)
            }
            guard !isDone else { break }
            steps.append(step.seconds)
        }
        let deleted = before - (try store.observations())
        try store.fold()
        let bytes = store.bytes
        let added = deleted / 2 / size.experiences
        try store.record(source.next(added))
        try store.fold()
        steps.sort()
        return RetentionFigures(
            deleted: deleted, seconds: steps.reduce(0, +), longestSeconds: steps.last ?? 0,
            p99Seconds: steps.isEmpty ? 0 : steps[steps.count * 99 / 100],
            growthEach: Double(store.bytes - bytes) / Double(max(1, added * size.experiences)))
    }
}
