import RealModule

/// Where a number stands in a picture.
struct Scale: Sendable {
    enum Kind {
        case linear, logarithmic
    }

    let kind: Kind
    /// What stands at the start and at the end.
    let numbers: ClosedRange<Double>
    let start: Double
    let end: Double

    init(
        _ numbers: ClosedRange<Double>, _ kind: Kind = .linear, from start: Double, to end: Double
    ) {
        self.kind = kind
        self.numbers = numbers
        self.start = start
        self.end = end
    }

    /// Not finite where the number has no place.
    func callAsFunction(_ number: Double) -> Double {
        let (low, high, own) =
            kind == .linear
            ? (numbers.lowerBound, numbers.upperBound, number)
            : (
                .log2(numbers.lowerBound), .log2(numbers.upperBound),
                number > 0 ? .log2(number) : .nan
            )
        guard high > low else { return (start + end) / 2 }
        return start + (own - low) / (high - low) * (end - start)
    }

    /// The same, no further than the edges.
    func clamped(_ number: Double) -> Double {
        self(min(max(number, numbers.lowerBound), numbers.upperBound))
    }

    /// Round numbers that divide the scale: 1, 2 or 5 times a power of ten apart, or those
    /// themselves where it is logarithmic. About as many as asked for, never more.
    func ticks(_ limit: Int) -> [Double] {
        kind == .linear ? linearTicks(limit) : logarithmicTicks(limit)
    }

    private func linearTicks(_ limit: Int) -> [Double] {
        let span = numbers.upperBound - numbers.lowerBound
        guard span > 0, span.isFinite, limit > 0 else { return [] }
        var step = powerOfTen(atMost: span / Double(limit))
        for factor in [2, 2.5, 2, 2] where span / step > Double(limit) + 1e-9 { step *= factor }
        let first = (numbers.lowerBound / step - 1e-9).rounded(.up)
        let last = (numbers.upperBound / step + 1e-9).rounded(.down)
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    private func logarithmicTicks(_ limit: Int) -> [Double] {
        guard numbers.lowerBound > 0, numbers.upperBound.isFinite else { return [] }
        let first = powerOfTen(atMost: numbers.lowerBound)
        let decades = sequence(first: first) { $0 * 10 < numbers.upperBound ? $0 * 10 : nil }
        let all = [[1, 2, 5], [1, 3], [1.0]].map { factors in
            decades.flatMap { decade in factors.map { $0 * decade } }.filter(numbers.contains)
        }
        return all.first { $0.count <= limit }
            ?? all[2].enumerated().filter {
                $0.offset % ((all[2].count - 1) / max(1, limit) + 1) == 0
            }.map(\.element)
    }
}

/// The greatest power of ten that is not above a positive number.
private func powerOfTen(atMost number: Double) -> Double {
    var power = 1.0
    while power > number { power /= 10 }
    while power * 10 <= number { power *= 10 }
    return power
}
