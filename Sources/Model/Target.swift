/// An experience API that is probed. Its key is kept apart from it.
package struct Target: Hashable, Sendable, Codable {
    package var name: String
    package var api: API
    /// `https://sdk-02.moengage.com` or `http://127.0.0.1:8080`, without a trailing slash.
    package var baseURL: String
    /// Empty where the API has no workspaces.
    package var workspaceID: String
    /// From first work on the wire to last byte, in microseconds.
    package var timeoutUs: Int64
    /// All plans together; nil: none stated.
    package var budget: Rate?
    package var maxInFlight: Int
    package var http: HTTPChoice
    package var tls: TLSSettings
    /// True: probes carry a W3C `traceparent`, and its trace id is stored.
    package var traceparent: Bool
    /// When the API's operator works on it: recorded and marked, kept out of baselines and alerts.
    package var maintenance: [MaintenanceWindow]

    /// The vendor's protocol that a target speaks.
    package enum API: String, Hashable, Sendable, Codable, CaseIterable {
        case moengage, ofrep
    }

    package init(
        name: String, api: API = .moengage, baseURL: String, workspaceID: String,
        timeoutUs: Int64 = 5_000_000, budget: Rate? = nil, maxInFlight: Int = 256,
        http: HTTPChoice = .auto, tls: TLSSettings = TLSSettings(), traceparent: Bool = false,
        maintenance: [MaintenanceWindow] = []
    ) {
        self.name = name
        self.api = api
        self.baseURL = baseURL
        self.workspaceID = workspaceID
        self.timeoutUs = timeoutUs
        self.budget = budget
        self.maxInFlight = maxInFlight
        self.http = http
        self.tls = tls
        self.traceparent = traceparent
        self.maintenance = maintenance
    }

    /// Stores keep configurations of former versions, which lack the newer members.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        api = try values.decodeIfPresent(API.self, forKey: .api) ?? .moengage
        baseURL = try values.decode(String.self, forKey: .baseURL)
        workspaceID = try values.decode(String.self, forKey: .workspaceID)
        timeoutUs = try values.decode(Int64.self, forKey: .timeoutUs)
        budget = try values.decodeIfPresent(Rate.self, forKey: .budget)
        maxInFlight = try values.decode(Int.self, forKey: .maxInFlight)
        http = try values.decodeIfPresent(HTTPChoice.self, forKey: .http) ?? .auto
        tls = try values.decode(TLSSettings.self, forKey: .tls)
        traceparent = try values.decodeIfPresent(Bool.self, forKey: .traceparent) ?? false
        maintenance =
            try values.decodeIfPresent([MaintenanceWindow].self, forKey: .maintenance) ?? []
    }
}

/// Which version of HTTP a target is spoken to in.
package enum HTTPChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// HTTP/2 where TLS negotiates it (ALPN), else HTTP/1.1.
    case auto
    case one = "1"
    /// HTTP/2 only; without TLS it is spoken from the first byte (RFC 9113 §3.3).
    case two = "2"
}

package struct TLSSettings: Hashable, Sendable, Codable {
    /// PEM file of the authorities to trust instead of the system's.
    package var caFile: String?
    /// PEM files of the certificate, with its chain, and the key that we show if we are asked.
    package var certificate: String?
    package var key: String?
    /// The name to verify and to send in SNI instead of the URL's host.
    package var serverName: String?
    /// `1.2` or `1.3`.
    package var minimum: String

    package init(
        caFile: String? = nil, certificate: String? = nil, key: String? = nil,
        serverName: String? = nil, minimum: String = "1.2"
    ) {
        self.caFile = caFile
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
        self.minimum = minimum
    }
}
