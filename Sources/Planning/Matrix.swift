package import Model
import Synchronization

/// Every context of a definition, after its excludes, numbered from 0.
///
/// Contexts are counted and found by a decision diagram: one level a dimension, one node for each
/// set of excludes that the values chosen so far have not yet ruled out. Its size depends on the
/// excludes and the lengths of the dimensions, never on how many contexts there are.
package struct Matrix: Sendable {
    /// How many contexts there are.
    package let count: Int
    private let axes: [Axis]
    private let diagram: Diagram
    private let memo: ContextMemo?

    /// Precondition: the contexts can be counted (`contextCount` is not nil).
    package init(_ definition: MatrixDefinition) {
        let axes = Axis.axes(of: definition)
        let diagram = Diagram(axes: axes, excludes: definition.excludes)
        precondition(diagram != nil, "a matrix has fewer than 2^62 contexts")
        self.axes = axes
        self.diagram = diagram ?? Diagram.empty
        count = self.diagram.count
        memo = axes.contains(where: \.isNow) ? nil : ContextMemo()
    }

    /// How many contexts a definition has; nil: more than can be counted.
    package static func contextCount(of definition: MatrixDefinition) -> Int? {
        Diagram(axes: Axis.axes(of: definition), excludes: definition.excludes)?.count
    }

    /// The context of a number; a dimension that is `now` takes its value from the instant.
    package func context(at index: Int, now: Instant) -> Context {
        precondition((0..<count).contains(index), "a matrix numbers its contexts from 0")
        guard let memo else { return made(at: index, now: now) }
        return memo.context(index) { made(at: index, now: now) }
    }

    private func made(at index: Int, now: Instant) -> Context {
        var day: Weekday?
        var hour: Int?
        var device: String?
        var geo: String?
        var attributes: [Attribute] = []
        for (axis, value) in zip(axes, diagram.values(at: index)) {
            switch axis.values {
            case .dayNow: day = now.weekday
            case .days(let days): day = days[value]
            case .hourNow: hour = now.hour
            case .hours(let hours): hour = hours[value]
            case .devices(let names): device = names[value]
            case .geos(let names): geo = names[value]
            case .attribute(let values):
                attributes.append(Attribute(name: axis.dimension, value: values[value]))
            }
        }
        return Context(day: day, hour: hour, device: device, geo: geo, attributes: attributes)
    }

    /// How many contexts a segment holds. A dimension that is `now` holds any of its values.
    package func count(in segment: Segment) -> Int {
        var held = [Int?](repeating: nil, count: axes.count)
        for coordinate in segment.coordinates {
            guard let level = axes.firstIndex(where: { $0.dimension == coordinate.dimension }),
                let value = axes[level].index(of: coordinate.value)
            else { return 0 }
            held[level] = value
        }
        return diagram.count(holding: held)
    }

    /// True: it asks in this context, or did or will where a dimension is `now`.
    package func contains(_ context: Context) -> Bool {
        let segment = context.segment
        return segment.order == axes.count && count(in: segment) > 0
    }
}

/// One dimension and its values, in the order of the definition.
struct Axis: Sendable {
    enum Values: Sendable {
        case dayNow
        case days([Weekday])
        case hourNow
        case hours([Int])
        case devices([String])
        case geos([String])
        case attribute([String?])
    }

    let dimension: String
    let values: Values

    var count: Int {
        switch values {
        case .dayNow, .hourNow: 1
        case .days(let days): days.count
        case .hours(let hours): hours.count
        case .devices(let names), .geos(let names): names.count
        case .attribute(let values): values.count
        }
    }

    static func axes(of definition: MatrixDefinition) -> [Axis] {
        var axes: [Axis] = []
        switch definition.days {
        case nil: break
        case .now: axes.append(Axis(dimension: Dimension.day, values: .dayNow))
        case .days(let days): axes.append(Axis(dimension: Dimension.day, values: .days(days)))
        }
        switch definition.hours {
        case nil: break
        case .now: axes.append(Axis(dimension: Dimension.hour, values: .hourNow))
        case .hours(let hours): axes.append(Axis(dimension: Dimension.hour, values: .hours(hours)))
        }
        if !definition.devices.isEmpty {
            let names = definition.devices.map(\.name)
            axes.append(Axis(dimension: Dimension.device, values: .devices(names)))
        }
        if !definition.geos.isEmpty {
            let names = definition.geos.map(\.name)
            axes.append(Axis(dimension: Dimension.geo, values: .geos(names)))
        }
        return axes
            + definition.attributes.map { Axis(dimension: $0.name, values: .attribute($0.values)) }
    }

    /// Which of its values this text is; nil: none.
    func index(of text: String?) -> Int? {
        switch values {
        case .dayNow, .hourNow: 0
        case .days(let days): days.firstIndex { $0.rawValue == text }
        case .hours(let hours): hours.firstIndex { String($0) == text }
        case .devices(let names), .geos(let names): names.firstIndex { $0 == text }
        case .attribute(let values): values.firstIndex(of: text)
        }
    }

    /// True: its value is the one of the moment.
    var isNow: Bool {
        switch values {
        case .dayNow, .hourNow: true
        case .days, .hours, .devices, .geos, .attribute: false
        }
    }
}

/// Contexts that were made before: each is asked again round after round, and by many subjects.
private final class ContextMemo: Sendable {
    private typealias Entry = (index: Int, context: Context)

    /// Each number has one place, which it shares with others in a huge matrix.
    private let entries = Mutex<[Entry?]>([])

    private static let places = 1 << 14

    func context(_ index: Int, make: () -> Context) -> Context {
        entries.withLock { entries in
            if entries.isEmpty { entries = Array(repeating: nil, count: Self.places) }
            let place = index & (Self.places - 1)
            if let entry = entries[place], entry.index == index { return entry.context }
            let made = make()
            entries[place] = (index, made)
            return made
        }
    }
}

extension Matrix {
    /// The segments of a shape of no or one dimension: everyone, or one for each value. A
    /// dimension that is `now` has all its values.
    package func segments(of shape: [String]) -> [Segment] {
        guard let dimension = shape.first else { return [.everyone] }
        guard let axis = axes.first(where: { $0.dimension == dimension }) else { return [] }
        return axis.texts.map { Segment([Coordinate(dimension: dimension, value: $0)]) }
    }
}

extension Axis {
    /// Its values as segments spell them.
    fileprivate var texts: [String?] {
        switch values {
        case .dayNow: Weekday.allCases.map(\.rawValue)
        case .days(let days): days.map(\.rawValue)
        case .hourNow: (0..<24).map(String.init)
        case .hours(let hours): hours.map(String.init)
        case .devices(let names), .geos(let names): names
        case .attribute(let values): values
        }
    }
}
