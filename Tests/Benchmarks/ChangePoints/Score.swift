/// True and false locations, offline and online, over many streams.
struct Score {
    struct Tally {
        var (right, wrong, missed) = (0, 0, 0)

        var precision: Double { Double(right) / Double(max(1, right + wrong)) }
        var recall: Double { Double(right) / Double(max(1, right + missed)) }
        var f1: Double { Double(2 * right) / Double(max(1, 2 * right + wrong + missed)) }
    }

    private static let margin = 6

    private(set) var offline = Tally()
    private(set) var online = Tally()
    private var delays: [Int] = []
    private var nulls = 0
    private(set) var nullsAlarmed = 0

    /// Adds a stream; returns what is wrong with it in words, empty if nothing is.
    mutating func add(_ stream: LabelledStream, _ found: Found) -> String {
        let former = (offline, online)
        addOffline(stream, found.offline)
        addOnline(stream, found.online)
        var words: [String] = []
        if offline.wrong > former.0.wrong || offline.missed > former.0.missed {
            words.append("offline \(found.offline)")
        }
        if online.wrong > former.1.wrong || online.missed > former.1.missed {
            words.append("online \(found.online.map { "\($0.location)@\($0.at)" })")
        }
        guard !words.isEmpty else { return "" }
        return words.joined(separator: ", ") + ", true "
            + stream.labels.map { "\($0.start)–\($0.end)" }.joined(separator: " ")
    }

    private mutating func addOffline(_ stream: LabelledStream, _ locations: [Int]) {
        var used: Set<Int> = []
        for label in stream.labels {
            let near = locations.filter { Self.isNear($0, label) && !used.contains($0) }
            guard !near.isEmpty else {
                offline.missed += 1
                continue
            }
            offline.right += 1
            if label.start == label.end {
                if let nearest = near.min(by: { abs($0 - label.start) < abs($1 - label.start) }) {
                    used.insert(nearest)
                }
            } else {
                used.formUnion(near)
            }
        }
        offline.wrong += locations.count { !used.contains($0) }
    }

    private mutating func addOnline(
        _ stream: LabelledStream, _ told: [(location: Int, at: Int)]
    ) {
        var alarms: [(location: Int, at: Int)] = []
        for alarm in told.sorted(by: { ($0.at, $0.location) < ($1.at, $1.location) })
        where alarms.allSatisfy({ abs($0.location - alarm.location) > Self.margin }) {
            alarms.append(alarm)
        }
        var open = Set(alarms.indices)
        for label in stream.labels {
            let near = alarms.indices.filter { Self.isNear(alarms[$0].location, label) }
            guard let first = near.map({ alarms[$0].at }).min() else {
                online.missed += 1
                continue
            }
            online.right += 1
            delays.append(first - label.start)
            open.subtract(near)
        }
        online.wrong += open.count
        if stream.labels.isEmpty {
            nulls += 1
            if !open.isEmpty { nullsAlarmed += 1 }
        }
    }

    private static func isNear(_ location: Int, _ label: LabelledStream.Label) -> Bool {
        label.start - margin <= location && location <= label.end + margin
    }

    var medianDelay: Double? {
        guard !delays.isEmpty else { return nil }
        let sorted = delays.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? Double(sorted[middle]) : Double(sorted[middle - 1] + sorted[middle]) / 2
    }

    var text: String {
        "offline: precision \(rounded(offline.precision)), recall \(rounded(offline.recall)),"
            + " F1 \(rounded(offline.f1))\n"
            + "online:  precision \(rounded(online.precision)), recall \(rounded(online.recall)),"
            + " F1 \(rounded(online.f1)), median delay \(medianDelay.map { "\($0)" } ?? "–") h,"
            + " nulls alarmed \(nullsAlarmed) of \(nulls)"
    }

    var json: String {
        "{\"offline\": {\"precision\": \(rounded(offline.precision)), \"recall\": "
            + "\(rounded(offline.recall)), \"f1\": \(rounded(offline.f1))}, \"online\": {\"f1\": "
            + "\(rounded(online.f1)), \"median_delay_hours\": \(medianDelay.map { "\($0)" } ?? "null"),"
            + " \"nulls\": \(nulls), \"nulls_alarmed\": \(nullsAlarmed)}}"
    }

    private func rounded(_ number: Double) -> Double { (number * 1_000).rounded() / 1_000 }
}
