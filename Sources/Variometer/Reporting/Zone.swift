import Foundation
import Model
import Rendering

/// A named zone for people: how instants are read and written.
struct Zone: Sendable {
    let name: String
    private let timeZone: TimeZone

    /// Nil: the system knows no zone of that name.
    init?(name: String) {
        guard let timeZone = TimeZone(identifier: name) else { return nil }
        self.name = name
        self.timeZone = timeZone
    }

    /// How reports write instants.
    var format: TimeFormat {
        guard name != "UTC" else { return .utc }
        let timeZone = timeZone
        return TimeFormat(zone: name) { instant in
            let date = Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
            return (
                timeZone.secondsFromGMT(for: date), abbreviation(of: timeZone, at: date)
            )
        }
    }

    /// Microseconds east of UTC at an instant.
    var offset: ZoneOffset {
        let timeZone = timeZone
        return { instant in
            let date = Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
            return Int64(timeZone.secondsFromGMT(for: date)) * Instant.microsecondsPerSecond
        }
    }

    /// Seconds east of UTC when clocks of the zone show a civil time; in the hour that a change
    /// of clocks repeats, the offset after it.
    func offset(atCivilSeconds civil: Int64) -> Int64 {
        let first = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(civil)))
        let instant = Date(timeIntervalSince1970: Double(civil) - Double(first))
        return Int64(timeZone.secondsFromGMT(for: instant))
    }
}

extension Zone {
    /// What UTC hours are in this zone: `18..22 UTC is 23:30..03:30 IST`.
    func words(forUTCHours hours: [Int]) -> String {
        let seconds = timeZone.secondsFromGMT()
        let name = abbreviation(of: timeZone, at: Date())
        let local = hours.map { hour -> String in
            let minutes = ((hour * 60 + seconds / 60) % 1_440 + 1_440) % 1_440
            return "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
        }
        return hours.map(twoDigits).joined(separator: " ") + " UTC is "
            + local.joined(separator: " ") + " \(name)"
    }

    private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// `IST`, where the system has a name for the zone's time; else `GMT+5:30`.
private func abbreviation(of timeZone: TimeZone, at date: Date) -> String {
    let told = timeZone.abbreviation(for: date) ?? timeZone.identifier
    guard told.hasPrefix("GMT"), !timeZone.isDaylightSavingTime(for: date) else { return told }
    let names = TimeZone.abbreviationDictionary.filter { $0.value == timeZone.identifier }.keys
    return names.count == 1 ? names.first ?? told : told
}
