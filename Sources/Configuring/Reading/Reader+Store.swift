import Model

/// How the store is written to, and how long it keeps what.
extension Reader {
    mutating func retention(_ value: Value) -> Retention {
        var retention = Retention()
        guard let source = members(of: value, RetentionKey.self) else { return retention }
        let day = Instant.microsecondsPerDay
        keep(source[.observations], atLeast: day, in: &retention.observationsUs)
        keep(source[.answers], atLeast: 0, in: &retention.answersUs)
        keep(source[.fiveMinute], atLeast: Instant.microsecondsPerHour, in: &retention.fiveMinuteUs)
        keep(source[.hourly], atLeast: day, in: &retention.hourlyUs)
        keep(source[.daily], atLeast: day, in: &retention.dailyUs)
        // Longer windows are what is left of shorter ones.
        let order: [(key: RetentionKey, keptUs: Int64?)] = [
            (.fiveMinute, retention.fiveMinuteUs), (.hourly, retention.hourlyUs),
            (.daily, retention.dailyUs),
        ]
        for (shorter, longer) in zip(order, order.dropFirst()) {
            guard let kept = longer.keptUs, shorter.keptUs ?? .max > kept else { continue }
            fault(
                "\(shorter.key.rawValue) is kept longer than \(longer.key.rawValue)",
                at: source[shorter.key] ?? source[longer.key] ?? value,
                hint: "keep \(longer.key.rawValue) at least as long")
        }
        return retention
    }

    /// A duration or `forever`.
    private mutating func keep(_ value: Value?, atLeast least: Int64, in kept: inout Int64?) {
        guard let value else { return }
        guard let written = text(of: value) else { return }
        if written.text == "forever" {
            kept = nil
        } else if let span = duration(value, in: least...100 * 366 * Instant.microsecondsPerDay) {
            kept = span
        }
    }

    mutating func commit(_ value: Value) -> CommitPace {
        var pace = CommitPace()
        guard let source = members(of: value, CommitKey.self) else { return pace }
        if let results = source[.results],
            let count = parsed(
                results, as: "a number of results", hint: "from 1 to 20000",
                { wholeNumber($0).flatMap { (1...20_000).contains($0) ? $0 : nil } })
        {
            pace.results = count
        }
        if let every = source[.every],
            let span = duration(every, in: 0...10 * Instant.microsecondsPerSecond)
        {
            pace.everyUs = span
        }
        return pace
    }
}
