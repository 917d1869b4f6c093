import Model

/// What a plan watches for beside its split: steps that are planned, answers that are expected,
/// and how much of a departure is worth waking someone.
struct WatchedFor {
    var ramps: [Ramp] = []
    var expectations: [Expectation] = []
    var thresholds = Thresholds()
    var pairs: [[String]] = []
}

extension Reader {
    /// `matrix` is nil where it is at fault: which contexts there are is then unknown.
    mutating func watchedFor(
        _ source: Members<PlanKey>, experiences: ExperienceSelection?, beside meant: MeantSplit,
        matrix: MatrixDefinition?, zone: Zone
    ) -> WatchedFor {
        var watched = WatchedFor()
        if let value = source[.ramps] {
            watched.ramps = ramps(value, watched: experiences, beside: meant, zone: zone)
        }
        if let value = source[.expectations] {
            watched.expectations = expectations(value, watched: experiences, matrix: matrix)
        }
        if let value = source[.thresholds] { watched.thresholds = thresholds(value) }
        if let value = source[.watch] { watched.pairs = watch(value, of: matrix) }
        return watched
    }
}

// MARK: Thresholds

extension Reader {
    private mutating func thresholds(_ value: Value) -> Thresholds {
        var thresholds = Thresholds()
        guard let source = members(of: value, ThresholdsKey.self) else { return thresholds }
        if let points = source[.points].flatMap({ percentage($0, unit: "pp", example: "2pp") }) {
            thresholds.points = points
        }
        if let relative = source[.relative].flatMap({
            percentage($0, unit: "%", example: "15%")
        }) {
            thresholds.relative = relative
        }
        if let latency = source[.latency].flatMap({ percentage($0, unit: "%", example: "20%") }) {
            thresholds.latency = latency
        }
        if let floor = source[.latencyFloor].flatMap({ duration($0, in: latencyFloors) }) {
            thresholds.latencyUs = floor
        }
        if let errors = source[.errors].flatMap({ percentage($0, unit: "pp", example: "1pp") }) {
            thresholds.failures = errors
        }
        return thresholds
    }

    /// A number above 0 and up to 100 with its unit, as a share.
    private mutating func percentage(_ value: Value, unit: String, example: String) -> Double? {
        let what = unit == "pp" ? "a number of percentage points" : "a percentage"
        return parsed(value, as: what, hint: "above 0\(unit) and up to 100\(unit), as \(example)") {
            text in
            guard text.hasSuffix(unit) else { return nil }
            return decimalNumber(String(text.dropLast(unit.count))).flatMap {
                $0 > 0 && $0 <= 100 ? $0 / 100 : nil
            }
        }
    }

}

/// From a millisecond to the longest timeout that makes sense.
private let latencyFloors: ClosedRange<Int64> = 1_000...60 * Instant.microsecondsPerSecond

// MARK: Pairs

extension Reader {
    /// Pairs of dimensions, each sorted.
    private mutating func watch(_ value: Value, of matrix: MatrixDefinition?) -> [[String]] {
        guard let items = items(of: value) else { return [] }
        // `[device, geo]`: a pair that is not in a list of pairs.
        if let first = items.first, case .scalar = first.content {
            fault("must be a list of pairs", at: value, hint: watchHint)
            return []
        }
        var seen: [[String]: Place] = [:]
        return items.compactMap { item in
            guard let pair = dimensions(item, of: matrix),
                isNew(pair, at: item, called: "this pair", in: &seen)
            else { return nil }
            return pair
        }
    }

    /// Two different dimensions of a matrix.
    private mutating func dimensions(_ value: Value, of matrix: MatrixDefinition?) -> [String]? {
        guard let items = items(of: value) else { return nil }
        guard items.count == 2 else {
            fault("must be a pair of dimensions", at: value, hint: watchHint)
            return nil
        }
        var seen: [String: Place] = [:]
        let names = items.compactMap { item -> String? in
            guard let name = text(of: item) else { return nil }
            if let matrix, !matrix.dimensions.contains(name.text) {
                fault(
                    noDimension(name), at: item,
                    hint: ownSuggestion(for: name.written, among: matrix.dimensions.sorted()))
                return nil
            }
            guard isNew(name.text, at: item, called: "this dimension", in: &seen) else {
                return nil
            }
            return name.text
        }
        return names.count == 2 ? names.sorted() : nil
    }
}

private let watchHint = "for example [[device, geo]]"
