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

    package init(
        store: String, listen: ListenAddress = ListenAddress(host: "127.0.0.1", port: 9464),
        zone: String = "UTC", agent: String, seed: UInt64? = nil, targets: [Target],
        plans: [Plan], exports: [ExportSettings] = []
    ) {
        self.store = store
        self.listen = listen
        self.zone = zone
        self.agent = agent
        self.seed = seed
        self.targets = targets
        self.plans = plans
        self.exports = exports
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

/// An experience API that is probed. Its key is kept apart from it.
package struct Target: Hashable, Sendable, Codable {
    package var name: String
    /// `https://sdk-02.moengage.com` or `http://127.0.0.1:8080`, without a trailing slash.
    package var baseURL: String
    package var workspaceID: String
    /// From first work on the wire to last byte, in microseconds.
    package var timeoutUs: Int64
    /// All plans together; nil: none stated.
    package var budget: Rate?
    package var maxInFlight: Int
    package var tls: TLSSettings

    package init(
        name: String, baseURL: String, workspaceID: String, timeoutUs: Int64 = 5_000_000,
        budget: Rate? = nil, maxInFlight: Int = 256, tls: TLSSettings = TLSSettings()
    ) {
        self.name = name
        self.baseURL = baseURL
        self.workspaceID = workspaceID
        self.timeoutUs = timeoutUs
        self.budget = budget
        self.maxInFlight = maxInFlight
        self.tls = tls
    }
}

package struct TLSSettings: Hashable, Sendable, Codable {
    /// PEM file of the authorities to trust instead of the system's.
    package var caFile: String?
    /// The name to verify and to send in SNI instead of the URL's host.
    package var serverName: String?
    /// `1.2` or `1.3`.
    package var minimum: String

    package init(caFile: String? = nil, serverName: String? = nil, minimum: String = "1.2") {
        self.caFile = caFile
        self.serverName = serverName
        self.minimum = minimum
    }
}

package enum ExportSettings: Hashable, Sendable, Codable {
    /// A folder of gzip NDJSON files; `everyUs` microseconds of rows a file.
    case ndjson(directory: String, everyUs: Int64)
}
