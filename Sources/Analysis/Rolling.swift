import Model
import Statistics

/// The results of one plan at one target on their way into rollups.
struct Rolling: Sendable {
    private let target: String
    private let plan: String
    private let size: WindowSize
    private let shapes: [[String]]
    /// Every segment that was met, in the order of its number.
    private var segments: [Segment] = []
    private var numbers: [Segment: Int] = [:]
    /// The numbers of the segments that a context belongs to.
    private var memberships: [Context: [Int]] = [:]
    /// What observations are counted by, in the order of its number.
    private var keys: [CountKey] = []
    private var keyNumbers: [CountKey: Int] = [:]
    private var countNumbers: [Population: [Observation: Int]] = [:]
    /// Tallies by segment's number, of the window that the last result fell into.
    private var present: [DenseTally] = []
    private var presentStart: Instant?
    private var others: [Instant: [DenseTally]] = [:]

    /// Contexts and answers that are remembered: ever new ones must not fill the memory.
    private static let memoryLimit = 50_000

    init(target: String, plan: String, size: WindowSize, shapes: [[String]]) {
        self.target = target
        self.plan = plan
        self.size = size
        self.shapes = shapes
    }

    func isOf(_ result: ResultDigest) -> Bool {
        plan == result.plan && target == result.target
    }

    mutating func add(_ result: ResultDigest) {
        turn(to: Window(size, containing: result.dueAt).start)
        let members = memberships[result.context] ?? membership(of: result.context)
        let counted = result.isMaintenance ? [] : result.observations.map { number(of: $0, result) }
        let entry = RolledResult(result, counted)
        for member in members {
            if member >= present.count {
                for number in present.count...member {
                    present.append(DenseTally(allPhases: segments[number].order == 0))
                }
            }
            present[member].add(entry)
        }
    }

    private mutating func turn(to start: Instant) {
        guard presentStart != start else { return }
        if let presentStart { others[presentStart] = present }
        present = others.removeValue(forKey: start) ?? []
        presentStart = start
    }

    private mutating func membership(of context: Context) -> [Int] {
        let coordinates = context.coordinates
        let members = shapes.compactMap { shape -> Int? in
            let held = coordinates.filter { shape.contains($0.dimension) }
            return held.count == shape.count ? number(of: Segment(held)) : nil
        }
        if memberships.count >= Self.memoryLimit { memberships.removeAll(keepingCapacity: true) }
        memberships[context] = members
        return members
    }

    private mutating func number(of segment: Segment) -> Int {
        if let number = numbers[segment] { return number }
        segments.append(segment)
        numbers[segment] = segments.count - 1
        return segments.count - 1
    }

    private mutating func number(of observation: Observation, _ result: ResultDigest) -> Int {
        let population = result.population
        if let number = countNumbers[population]?[observation] { return number }
        let key = CountKey(observation, of: population)
        let number = keyNumbers[key] ?? keys.count
        if number == keys.count {
            keys.append(key)
            keyNumbers[key] = number
        }
        if countNumbers[population]?.count ?? 0 >= Self.memoryLimit {
            countNumbers[population]?.removeAll(keepingCapacity: true)
        }
        countNumbers[population, default: [:]][observation] = number
        return number
    }

    mutating func take() -> [Rollup] {
        var windows = others
        if let presentStart { windows[presentStart] = present }
        (present, presentStart, others) = ([], nil, [:])
        return windows.flatMap { start, tallies in
            zip(segments, tallies).compactMap { segment, dense -> Rollup? in
                guard dense.lastAt != nil else { return nil }
                let key = RollupKey(
                    target: target, plan: plan, segment: segment,
                    window: Window(size, containing: start))
                return Rollup(key: key, tally: dense.tally(keys))
            }
        }
    }
}

/// A result with everything looked up that its segments need.
private struct RolledResult {
    let dueAt: Instant
    let isMaintenance: Bool
    let failure: Failure?
    /// Numbers of what its observations are counted by; none during maintenance.
    let counted: [Int]
    /// Experiences in which a cohort subject got no answer, and will not be asked again.
    let missing: [String]
    let phases: [QuantileSketch.Point?]

    init(_ result: ResultDigest, _ counted: [Int]) {
        dueAt = result.dueAt
        isMaintenance = result.isMaintenance
        failure = result.failure
        self.counted = counted
        phases = Phase.allCases.map { result.phases[$0].map(QuantileSketch.Point.init) }
        // Asked for the last time without an answer, or answered in a shape that none reads.
        let isLast = result.attempt >= Pack.attemptLimit || result.failure == nil
        let isCounted = result.population == .cohort && !result.isMaintenance && isLast
        missing =
            isCounted
            ? result.observations.filter { !$0.outcome.isResolved }.map(\.experience) : []
    }
}

/// A tally whose counts stand by the numbers of their keys, and its sketches by their phases'.
private struct DenseTally: Sendable {
    private var answered = 0
    private var maintenance = 0
    private(set) var lastAt: Instant?
    private var failures: [Failure: Int] = [:]
    private var missing: [String: Int] = [:]
    private var counts: [Int] = []
    private var sketches: [QuantileSketch]
    private var failureResponse = QuantileSketch()

    /// Segments of order 1 and 2 keep the first two phases, latency and response.
    init(allPhases: Bool) {
        sketches = Array(repeating: QuantileSketch(), count: allPhases ? Phase.allCases.count : 2)
    }

    /// Failures enter no sketch of the answered; what came during maintenance is only counted.
    mutating func add(_ result: RolledResult) {
        lastAt = max(lastAt ?? result.dueAt, result.dueAt)
        guard !result.isMaintenance else {
            maintenance += 1
            return
        }
        if let failure = result.failure {
            failures[failure, default: 0] += 1
            if let response = result.phases[responsePhase] { failureResponse.add(response) }
        } else {
            answered += 1
            for place in sketches.indices {
                if let point = result.phases[place] { sketches[place].add(point) }
            }
        }
        for number in result.counted {
            if number >= counts.count {
                counts.append(contentsOf: repeatElement(0, count: number + 1 - counts.count))
            }
            counts[number] += 1
        }
        for experience in result.missing { missing[experience, default: 0] += 1 }
    }

    /// The same, with the keys that its counts stand for.
    func tally(_ keys: [CountKey]) -> Tally {
        var tally = Tally()
        tally.answered = answered
        tally.maintenance = maintenance
        tally.lastAt = lastAt
        tally.failures = failures
        tally.missing = missing
        for (key, count) in zip(keys, counts) where count > 0 { tally.counts[key] = count }
        for (phase, sketch) in zip(Phase.allCases, sketches) where sketch.count > 0 {
            tally.phases[phase] = sketch
        }
        tally.failureResponse = failureResponse
        return tally
    }
}

private let responsePhase = Phase.allCases.firstIndex(of: .response) ?? 1
