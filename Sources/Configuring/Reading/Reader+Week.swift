import Model

/// Days, hours and spans of the week, as clocks of a zone show them.
extension Reader {
    mutating func zone(_ value: Value) -> Zone? {
        guard let name = text(of: value) else { return nil }
        if let zone = Zone(named: name.text) { return zone }
        fault(
            "\(quoted(name.written)) is not a zone", at: value,
            hint: nearest(to: name.written, among: Zone.names).map { "did you mean \($0)?" }
                ?? "an IANA name, for example Asia/Kolkata")
        return nil
    }

    /// `all`, a day, or a list of days.
    mutating func weekdays(_ value: Value) -> [Weekday]? {
        if case .scalar(let scalar) = value.content {
            return scalar.text == "all" ? Weekday.allCases : weekday(value).map { [$0] }
        }
        guard let items = someItems(of: value) else { return nil }
        var seen: [Weekday: Place] = [:]
        return items.compactMap { item in
            guard let day = weekday(item), isNew(day, at: item, called: day.rawValue, in: &seen)
            else { return nil }
            return day
        }
    }

    private mutating func weekday(_ value: Value) -> Weekday? {
        guard let scalar = text(of: value) else { return nil }
        if let day = Weekday(rawValue: scalar.text) { return day }
        let hint = suggestion(for: scalar.written, among: Weekday.allCases.map(\.rawValue))
        fault("\(quoted(scalar.written)) is not a day", at: value, hint: hint)
        return nil
    }

    /// `all`, an hour, a range, or a list of these.
    mutating func hours(_ value: Value, hint: String) -> [Int]? {
        func range(_ value: Value, _ reader: inout Reader) -> [Int]? {
            reader.parsed(value, as: "an hour of the day", hint: hint, hoursOfDay)
        }
        if case .scalar(let scalar) = value.content {
            return scalar.text == "all" ? Array(0..<24) : range(value, &self)
        }
        guard let items = someItems(of: value) else { return nil }
        var seen: [Int: Place] = [:]
        return items.flatMap { item in
            (range(item, &self) ?? []).filter { hour in
                isNew(hour, at: item, called: "hour \(hour)", in: &seen)
            }
        }
    }
}

// MARK: When a plan probes

extension Reader {
    /// The hours of the week in which a plan probes, in `zone` unless they name another; nil:
    /// always, or a fault was told.
    mutating func active(_ value: Value, zone: Zone) -> ActiveHours? {
        guard let source = members(of: value, ActiveKey.self) else { return nil }
        let days = source[.days].map { weekdays($0) } ?? Weekday.allCases
        let hours =
            source[.hours].map { self.hours($0, hint: "0 to 23, a range as 6..22, or all") }
            ?? Array(0..<24)
        let zone = source[.zone].map { self.zone($0) } ?? zone
        guard let days, let hours, let zone else { return nil }
        let isAlways = days.count == Weekday.allCases.count && hours.count == 24
        return isAlways ? nil : ActiveHours(days: days, hours: hours, zone: zone.name)
    }
}

// MARK: When an operator works

extension Reader {
    mutating func maintenance(_ value: Value, zone: Zone) -> [MaintenanceWindow] {
        guard let items = items(of: value) else { return [] }
        guard items.count <= MaintenanceWindow.limit else {
            fault("lists more than \(MaintenanceWindow.limit) windows", at: value)
            return []
        }
        return items.compactMap { window($0, zone: zone) }
    }

    private mutating func window(_ value: Value, zone: Zone) -> MaintenanceWindow? {
        guard let source = members(of: value, MaintenanceKey.self) else { return nil }
        let days = source[.days].map { weekdays($0) } ?? Weekday.allCases
        let from = minute(.from, of: source, in: 0...minutesPerDay - 1)
        let to = minute(.to, of: source, in: 0...minutesPerDay)
        let zone = source[.zone].map { self.zone($0) } ?? zone
        guard let days, let from, let to, let zone else { return nil }
        guard from != to else {
            fault(
                "ends when it begins", at: source[.to] ?? value,
                hint: "a whole day is from 00:00 to 24:00")
            return nil
        }
        // The midnight that a window ends at is the one after it began.
        return MaintenanceWindow(
            days: days, from: from, to: to == 0 ? minutesPerDay : to, zone: zone.name)
    }

    private mutating func minute(
        _ key: MaintenanceKey, of source: Members<MaintenanceKey>, in range: ClosedRange<Int>
    ) -> Int? {
        let hint = "for example \(key.rawValue): \"05:00\""
        return required(key, of: source, hint: hint).flatMap { value in
            let latest = range.upperBound == minutesPerDay ? "24:00" : "23:59"
            return parsed(
                value, as: "a time of the day", hint: "HH:MM from 00:00 to \(latest)"
            ) { text in
                minuteOfDay(text).flatMap { range.contains($0) ? $0 : nil }
            }
        }
    }
}

extension MaintenanceWindow {
    /// Windows of one target: each observation is held against all of them.
    fileprivate static let limit = 256
}
