import Model

/// Everything that was read from a file, as far as it could be.
struct ReadFile {
    var targets: [ReadTarget] = []
    var plans: [ReadPlan] = []
    var configuration: EffectiveConfiguration
}

extension Reader {
    mutating func file(_ root: Value) -> ReadFile? {
        noteLiterals(of: root)
        guard let source = members(of: root, FileKey.self) else { return nil }
        var configuration = EffectiveConfiguration(
            store: resolved("variometer.db"), agent: hostName(), targets: [], plans: [])
        if let value = source[.store], let path = text(of: value) {
            configuration.store = resolved(path.text)
        }
        if let value = source[.listen] {
            configuration.listen = listen(value) ?? configuration.listen
        }
        if let value = source[.agent] { configuration.agent = agent(value) ?? configuration.agent }
        configuration.seed = source[.seed].flatMap { seed($0) }
        let zone = source[.zone].flatMap { self.zone($0) } ?? .utc
        configuration.zone = zone.name
        let targets = named(.targets, in: source, what: "target")
        let plans = named(.plans, in: source, what: "plan")
        var file = ReadFile(configuration: configuration)
        file.targets = targets.compactMap { target($0, zone: zone) }
        file.plans = plans.compactMap { plan($0, targets: targets, zone: zone) }
        file.configuration.targets = file.targets.map(\.target)
        file.configuration.plans = file.plans.map(\.plan)
        file.configuration.objectives =
            source[.objectives].map { objectives($0, targets: targets) } ?? []
        file.configuration.exports = source[.exports].map { exports($0) } ?? []
        if let value = source[.retention] { file.configuration.retention = retention(value) }
        if let value = source[.commit] { file.configuration.commit = commit(value) }
        return file
    }

    /// Targets or plans: at least one, by name.
    private mutating func named(
        _ key: FileKey, in source: Members<FileKey>, what: String
    ) -> [Member] {
        let hint = "a mapping of \(what) names to \(what)s"
        guard let value = required(key, of: source, hint: hint),
            let members = members(of: value)
        else { return [] }
        if members.isEmpty { fault("names no \(what)", at: value, hint: hint) }
        return members
    }

    private mutating func agent(_ value: Value) -> String? {
        parsed(value, as: "a name for an agent", hint: "at most 64 of a–z, A–Z, 0–9, - _ .") {
            isHostName($0) && $0.utf8.count <= 64 ? $0 : nil
        }
    }

    private mutating func seed(_ value: Value) -> UInt64? {
        parsed(value, as: "a seed", hint: "a whole number from 0 to \(UInt64.max)") { text in
            text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(text) : nil
        }
    }

    /// An address of this host that only this host reaches.
    private mutating func listen(_ value: Value) -> ListenAddress? {
        guard let written = text(of: value) else { return nil }
        guard let (host, port) = hostAndPort(written.text), let port else {
            fault(
                "\(quoted(written.written)) is not a host and port", at: value,
                hint: "for example 127.0.0.1:9464")
            return nil
        }
        let isLoopback =
            host == "localhost" || host == "::1" || host.hasPrefix("127.") && isAddress(host)
        guard isLoopback else {
            fault(
                "needs auth and tls, which this version does not have: listen on 127.0.0.1",
                at: value)
            return nil
        }
        return ListenAddress(host: host, port: port)
    }
}

// MARK: Exports

extension Reader {
    private mutating func exports(_ value: Value) -> [ExportSettings] {
        var directories: [String: Place] = [:]
        return (items(of: value) ?? []).compactMap { item in
            let faultsBefore = faults.count
            guard let source = members(of: item, ExportKey.self) else { return nil }
            if let settings = source[.ndjson] {
                return ndjson(settings, directories: &directories)
            }
            // A sink that is not known was told as an unknown key.
            if faults.count == faultsBefore {
                fault("ndjson is missing", at: item, hint: "- ndjson: { directory: …, every: 1h }")
            }
            return nil
        }
    }

    private mutating func ndjson(
        _ value: Value, directories: inout [String: Place]
    ) -> ExportSettings? {
        guard let source = members(of: value, NDJSONKey.self) else { return nil }
        let everyUs =
            source[.every].map {
                duration($0, in: Instant.microsecondsPerSecond...31 * Instant.microsecondsPerDay)
            } ?? Instant.microsecondsPerHour
        let hint = "a folder for the files"
        guard let place = required(.directory, of: source, hint: hint),
            let directory = text(of: place)
        else { return nil }
        let path = resolved(directory.text)
        guard isNew(path, at: place, called: quoted(directory.written), in: &directories),
            let everyUs
        else { return nil }
        return .ndjson(directory: path, everyUs: everyUs)
    }
}
