/// A day of the week, spelled as the API wants it.
package enum Weekday: String, CaseIterable, Sendable, Codable, Hashable {
    case monday = "Monday"
    case tuesday = "Tuesday"
    case wednesday = "Wednesday"
    case thursday = "Thursday"
    case friday = "Friday"
    case saturday = "Saturday"
    case sunday = "Sunday"
}

/// A custom attribute of a context. A nil value: the attribute is left out of the request.
package struct Attribute: Hashable, Sendable, Codable {
    package let name: String
    package let value: String?

    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// One value for each dimension of a matrix, as it was asked. Nil: the matrix has no such
/// dimension, and nothing was sent.
///
/// Its parts stand behind one reference, with their hash: every row is looked up by its context.
package struct Context: Hashable, Sendable {
    private let parts: Hashed<Values>

    package var day: Weekday? { parts.value.day }
    package var hour: Int? { parts.value.hour }
    /// The catalogue name of the device, never its user agent.
    package var device: String? { parts.value.device }
    /// The catalogue name of the place, never its address.
    package var geo: String? { parts.value.geo }
    /// Sorted by name, each name once.
    package var attributes: [Attribute] { parts.value.attributes }

    private struct Values: Hashable, Sendable {
        let day: Weekday?
        let hour: Int?
        let device: String?
        let geo: String?
        let attributes: [Attribute]
    }

    package init(
        day: Weekday? = nil, hour: Int? = nil, device: String? = nil, geo: String? = nil,
        attributes: [Attribute] = []
    ) {
        precondition(hour.map { (0..<24).contains($0) } ?? true, "an hour is 0…23")
        parts = Hashed(
            Values(
                day: day, hour: hour, device: device, geo: geo,
                attributes: attributes.sorted { $0.name < $1.name }))
    }

    /// The coordinates of this context, one for each dimension that it has, sorted by dimension.
    package var coordinates: [Coordinate] {
        var all = attributes.map { Coordinate(dimension: $0.name, value: $0.value) }
        if let day { all.append(Coordinate(dimension: Dimension.day, value: day.rawValue)) }
        if let hour { all.append(Coordinate(dimension: Dimension.hour, value: String(hour))) }
        if let device { all.append(Coordinate(dimension: Dimension.device, value: device)) }
        if let geo { all.append(Coordinate(dimension: Dimension.geo, value: geo)) }
        return all.sorted { $0.dimension < $1.dimension }
    }

    /// The segment that holds this context alone.
    package var segment: Segment { Segment(coordinates) }
}

/// Names of the dimensions that are built in; every other one is an attribute.
package enum Dimension {
    package static let day = "day"
    package static let hour = "hour"
    package static let device = "device"
    package static let geo = "geo"
    package static let builtIn = [day, hour, device, geo]
}
