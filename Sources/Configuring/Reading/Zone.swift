import Foundation

/// A zone of the IANA database: what times without an offset are read in.
struct Zone {
    static let utc = Zone(name: "UTC", zone: .gmt)

    let name: String
    private let zone: TimeZone

    private init(name: String, zone: TimeZone) {
        self.name = name
        self.zone = zone
    }

    /// Nil: there is no zone of this name. Abbreviations as `IST` mean several, and are none.
    init?(named name: String) {
        if name == "UTC" {
            self = .utc
            return
        }
        guard name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        self.init(name: name, zone: zone)
    }

    /// Zones to choose from. The system lists some under names that they had before.
    static var names: [String] {
        ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Ho_Chi_Minh", "Asia/Yangon", "Europe/Kyiv"]
            + TimeZone.knownTimeZoneIdentifiers
    }

    /// Seconds east of UTC at a civil time of this zone. Of a time that a clock shows twice, the
    /// first; one that it skips is read as if the clock had not been changed yet.
    func offset(ofCivilSeconds civil: Int64) -> Int64 {
        func offset(at seconds: Int64) -> Int64 {
            let date = Date(timeIntervalSince1970: Double(seconds))
            return Int64(zone.secondsFromGMT(for: date))
        }
        let day: Int64 = 86_400
        let before = offset(at: civil - day)
        let after = offset(at: civil + day)
        let isAfter = offset(at: civil - before) != before && offset(at: civil - after) == after
        return isAfter ? after : before
    }

    var offset: (Int64) -> Int64 { { self.offset(ofCivilSeconds: $0) } }
}
