package import Model

extension ActiveHours {
    /// `Monday to Friday 06:00–23:00 Asia/Kolkata`. What goes over midnight is told as the two
    /// spans that it is: an hour belongs to the day that it is in.
    package var words: String {
        let sorted = hours.sorted()
        let spans = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] + 1 }
        let texts = zip(spans, spans.dropFirst() + [sorted.count]).map { start, end in
            clock(sorted[start] * 60) + "–" + clock((sorted[end - 1] + 1) * 60)
        }
        return "\(dayWords(days)) \(texts.joined(separator: ", ")) \(zone)"
    }
}

extension MaintenanceWindow {
    /// `Saturday 05:00–06:00 UTC`, `every day 23:00–01:00 of the next day, UTC`.
    package var words: String {
        "\(dayWords(days)) \(clock(from))–\(clock(to))"
            + (to <= from ? " of the next day, " : " ") + zone
    }
}

/// `every day`, `Saturday`, `Monday to Friday, Sunday`.
private func dayWords(_ days: [Weekday]) -> String {
    guard days.count < Weekday.allCases.count else { return "every day" }
    var runs: [[Weekday]] = []
    for (index, day) in Weekday.allCases.enumerated() where days.contains(day) {
        if let last = runs.last?.last, last == Weekday.allCases[max(0, index - 1)] {
            runs[runs.count - 1].append(day)
        } else {
            runs.append([day])
        }
    }
    return runs.map { run in
        let names = run.map(\.rawValue)
        return run.count > 2
            ? "\(names[0]) to \(names[run.count - 1])" : names.joined(separator: ", ")
    }.joined(separator: ", ")
}

/// Minutes after midnight as clocks show them, 24:00 included.
private func clock(_ minutes: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return two(minutes / 60) + ":" + two(minutes % 60)
}
