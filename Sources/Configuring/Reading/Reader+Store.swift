import Model

/// How long the store keeps what it was given, and how often it commits.
extension Reader {
    mutating func retention(_ value: Value) -> Retention {
        var kept = Retention()
        guard let source = members(of: value, RetentionKey.self) else { return kept }
        let hour = Instant.microsecondsPerHour
        let day = Instant.microsecondsPerDay
        read(source[.observations], into: &kept.observationsUs, atLeast: day)
        read(source[.answers], into: &kept.answersUs)
        let faultsBefore = faults.count
        read(source[.fiveMinute], into: &kept.fiveMinuteUs, atLeast: hour)
        read(source[.hourly], into: &kept.hourlyUs, atLeast: day)
        read(source[.daily], into: &kept.dailyUs, atLeast: day)
        guard faults.count == faultsBefore else { return kept }
        checkOrder(of: source, (.fiveMinute, kept.fiveMinuteUs), (.hourly, kept.hourlyUs))
        checkOrder(of: source, (.hourly, kept.hourlyUs), (.daily, kept.dailyUs))
        return kept
    }

    /// Reads a span, or `forever`; what is not stated stays as it is.
    private mutating func read(
        _ value: Value?, into kept: inout Int64?, atLeast least: Int64 = 1_000
    ) {
        guard let value else { return }
        if case .scalar(let scalar) = value.content, scalar.text == "forever" {
            kept = nil
        } else if let micros = parsed(
            value, as: "a duration or forever", hint: "for example 7d, 400d or forever", durationUs)
        {
            if micros < least { fault("must be at least \(durationText(least))", at: value) }
            kept = micros
        }
    }

    /// Longer rollups are made from shorter ones and tell of the time after them: they must
    /// outlast them.
    private mutating func checkOrder(
        of source: Members<RetentionKey>, _ shorter: (key: RetentionKey, us: Int64?),
        _ longer: (key: RetentionKey, us: Int64?)
    ) {
        guard let limit = longer.us, shorter.us ?? .max > limit else { return }
        let kept = shorter.us.map(durationText) ?? "forever"
        if let value = source[longer.key] {
            fault("is less than the \(kept) of \(shorter.key.rawValue)", at: value)
        } else if let value = source[shorter.key] {
            fault("is more than the \(durationText(limit)) of \(longer.key.rawValue)", at: value)
        }
    }

    mutating func commit(_ value: Value) -> CommitPace {
        var pace = CommitPace()
        guard let source = members(of: value, CommitKey.self) else { return pace }
        if let count = source[.results].flatMap({ integer($0, in: 1...100_000) }) {
            pace.results = count
        }
        if let every = source[.every].flatMap({
            duration($0, in: 0...10 * Instant.microsecondsPerSecond)
        }) {
            pace.everyUs = every
        }
        return pace
    }
}
