/// The dimensions of a plan's matrix and what is left out of it. A dimension that is nil or empty
/// is not asked at all.
package struct MatrixDefinition: Hashable, Sendable, Codable {
    package var days: DayAxis?
    package var hours: HourAxis?
    package var devices: [Device]
    package var geos: [Geo]
    /// In the order of the configuration; each name once, none of `Dimension.builtIn`.
    package var attributes: [AttributeAxis]
    package var excludes: [Exclude]

    package init(
        days: DayAxis? = nil, hours: HourAxis? = nil, devices: [Device] = [], geos: [Geo] = [],
        attributes: [AttributeAxis] = [], excludes: [Exclude] = []
    ) {
        self.days = days
        self.hours = hours
        self.devices = devices
        self.geos = geos
        self.attributes = attributes
        self.excludes = excludes
    }

    /// The names of the dimensions that are asked: built-in ones first, then attributes.
    package var dimensions: [String] {
        var names: [String] = []
        if days != nil { names.append(Dimension.day) }
        if hours != nil { names.append(Dimension.hour) }
        if !devices.isEmpty { names.append(Dimension.device) }
        if !geos.isEmpty { names.append(Dimension.geo) }
        return names + attributes.map(\.name)
    }
}

package enum DayAxis: Hashable, Sendable, Codable {
    /// The UTC day at the due time.
    case now
    case days([Weekday])
}

package enum HourAxis: Hashable, Sendable, Codable {
    /// The UTC hour at the due time.
    case now
    /// Each 0…23.
    case hours([Int])
}

/// A device by its name here and the user agent that is sent for it.
package struct Device: Hashable, Sendable, Codable {
    package let name: String
    package let userAgent: String

    package init(name: String, userAgent: String) {
        self.name = name
        self.userAgent = userAgent
    }
}

/// A place by its name here and the address that is sent for it.
package struct Geo: Hashable, Sendable, Codable {
    package let name: String
    package let address: String

    package init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// A custom attribute and the values it takes; nil: left out of the request.
package struct AttributeAxis: Hashable, Sendable, Codable {
    package let name: String
    package let values: [String?]

    package init(name: String, values: [String?]) {
        self.name = name
        self.values = values
    }
}

/// Contexts that are not asked: those that have, for every dimension named, one of its values.
package struct Exclude: Hashable, Sendable, Codable {
    package let values: [String: [String?]]

    package init(_ values: [String: [String?]]) {
        self.values = values
    }
}
