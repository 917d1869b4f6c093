/// Everything a configuration says, resolved, without its secrets: what runs, and what the store
/// keeps so that reports need nothing else.
package struct EffectiveConfiguration: Hashable, Sendable, Codable {
    /// Path of the store.
    package var store: String
    package var listen: ListenAddress
    /// IANA name of the zone for people; UTC if none was stated.
    package var zone: String
    package var agent: String
    /// Nil: drawn once and kept in the store.
    package var seed: UInt64?
    package var targets: [Target]
    package var plans: [Plan]
    package var exports: [ExportSettings]
    package var retention: Retention
    package var commit: CommitPace
    package var objectives: [Objective]

    package init(
        store: String, listen: ListenAddress = ListenAddress(host: "127.0.0.1", port: 9464),
        zone: String = "UTC", agent: String, seed: UInt64? = nil, targets: [Target],
        plans: [Plan], exports: [ExportSettings] = [], retention: Retention = Retention(),
        commit: CommitPace = CommitPace(), objectives: [Objective] = []
    ) {
        self.store = store
        self.listen = listen
        self.zone = zone
        self.agent = agent
        self.seed = seed
        self.targets = targets
        self.plans = plans
        self.exports = exports
        self.retention = retention
        self.commit = commit
        self.objectives = objectives
    }

    /// One that an older version stored says nothing of what came later: its defaults held.
    package init(from decoder: any Decoder) throws {
        let stored = try decoder.container(keyedBy: CodingKeys.self)
        store = try stored.decode(String.self, forKey: .store)
        listen = try stored.decode(ListenAddress.self, forKey: .listen)
        zone = try stored.decode(String.self, forKey: .zone)
        agent = try stored.decode(String.self, forKey: .agent)
        seed = try stored.decodeIfPresent(UInt64.self, forKey: .seed)
        targets = try stored.decode([Target].self, forKey: .targets)
        plans = try stored.decode([Plan].self, forKey: .plans)
        exports = try stored.decode([ExportSettings].self, forKey: .exports)
        retention = try stored.decodeIfPresent(Retention.self, forKey: .retention) ?? Retention()
        commit = try stored.decodeIfPresent(CommitPace.self, forKey: .commit) ?? CommitPace()
        objectives = try stored.decodeIfPresent([Objective].self, forKey: .objectives) ?? []
    }

    package func target(named name: String) -> Target? { targets.first { $0.name == name } }
    package func plan(named name: String) -> Plan? { plans.first { $0.name == name } }
}

package struct ListenAddress: Hashable, Sendable, Codable, CustomStringConvertible {
    package var host: String
    /// 0: a free one.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

package enum ExportSettings: Hashable, Sendable, Codable {
    /// A folder of gzip NDJSON files; `everyUs` microseconds of rows a file.
    case ndjson(directory: String, everyUs: Int64)

    /// What the store knows its cursor by.
    package var sink: String {
        switch self {
        case .ndjson(let directory, _): "ndjson:" + directory
        }
    }
}
