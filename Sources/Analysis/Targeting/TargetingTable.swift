import Model

/// Cells and what each answers, in numbers.
struct TargetingTable: Sendable {
    struct Axis: Sendable {
        let name: String
        /// In their natural order: days of the week, hours of the day, the rest by name; nil: left
        /// out.
        let values: [String?]
    }

    let axes: [Axis]
    let labels: [String]
    let count: Int
    /// Cells by axis and value.
    let members: [[Bits]]
    /// Cells by label.
    let answers: [Bits]
    /// Values of each cell, by axis.
    let values: [[Int]]

    /// Cells by their coordinates and label; those that lack an axis of others are left out.
    init(_ cells: [(coordinates: [Coordinate], label: String)]) {
        let names = Set(cells.flatMap { $0.coordinates.map(\.dimension) }).sorted()
        let whole = cells.filter { $0.coordinates.count == names.count }
        let axes = names.map { name in
            let seen = Set(
                whole.compactMap { cell in
                    cell.coordinates.first { $0.dimension == name }?.value.map(Optional.some)
                        ?? .some(nil)
                })
            return Axis(name: name, values: seen.sorted { naturalOrder(name, $0, $1) })
        }
        let labels = Set(whole.map(\.label)).sorted()
        var members = axes.map { $0.values.map { _ in Bits(count: whole.count) } }
        var answers = labels.map { _ in Bits(count: whole.count) }
        var values: [[Int]] = []
        let places = axes.map { axis in
            Dictionary(
                axis.values.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
        }
        let numbers = Dictionary(
            labels.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
        for (number, cell) in whole.enumerated() {
            let own = axes.indices.map { axis in
                places[axis][
                    cell.coordinates.first { $0.dimension == axes[axis].name }?.value] ?? 0
            }
            for (axis, value) in own.enumerated() { members[axis][value].insert(number) }
            answers[numbers[cell.label] ?? 0].insert(number)
            values.append(own)
        }
        self.axes = axes
        self.labels = labels
        count = whole.count
        self.members = members
        self.answers = answers
        self.values = values
    }

    /// The cells of one experience. Which variation is served is a hash of the user and no part of
    /// the targeting: the answer is the audience, or nothing.
    init(_ cells: [TargetingCell]) {
        self.init(cells.map { ($0.context.coordinates, $0.answer.label) })
    }
}

extension CellAnswer {
    /// The audience, or `nothing`.
    var label: String { outcome == .served ? audience ?? "served" : "nothing" }
}

private func naturalOrder(_ name: String, _ a: String?, _ b: String?) -> Bool {
    func place(_ value: String?) -> (Int, String) {
        guard let value else { return (.max, "") }
        switch name {
        case Dimension.day:
            return (Weekday(rawValue: value).flatMap(Weekday.allCases.firstIndex) ?? 7, value)
        case Dimension.hour: return (Int(value) ?? 24, value)
        default: return (0, value)
        }
    }
    return place(a) < place(b)
}
