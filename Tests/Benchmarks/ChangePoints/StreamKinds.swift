extension StreamKind {
    /// Thirty of shares and thirty of latencies; of each the first ten are without a change.
    static let all = quietShares + changedShares + quietLatencies + changedLatencies

    private static let audiences = [0.3, 0.2, 0.1, 0.1, 0.08, 0.07, 0.05, 0.05, 0.03, 0.02]
    private static let otherAudiences = [0.3, 0.2, 0.1, 0.1, 0.08, 0.14, 0.05, 0, 0.02, 0.01]
    private static let quarters = [0.25, 0.25, 0.25, 0.25]

    private static let quietShares = [
        shares("50/50", 60, [0.5, 0.5]),
        shares("day and night", Volume(60, daily: 0.8), [0.5, 0.5]),
        shares("90/10", 200, [0.9, 0.1]),
        shares("four arms", 80, quarters),
        shares("ten audiences", 150, audiences),
        shares("98/1/1", 100, [0.98, 0.01, 0.01]),
        shares("five an hour", 5, [0.5, 0.5]),
        shares("70/30, a fifth of the volume", Volume(120, fall: 160), [0.7, 0.3]),
        shares("half a day without data", Volume(60, pause: 100..<112), [0.5, 0.5]),
        shares("over-dispersed 60/40", 100, [0.6, 0.4], spread: 0.02),
    ]

    private static let changedShares = [
        shares("to 55/45", 100, [0.5, 0.5], (168, [0.55, 0.45])),
        shares("to 60/40", 60, [0.5, 0.5], (200, [0.6, 0.4])),
        shares("90/10 to 80/20", 60, [0.9, 0.1], (120, [0.8, 0.2])),
        shares("an arm vanishes", 80, quarters, (240, [1.0 / 3, 1.0 / 3, 1.0 / 3, 0])),
        ramp("ramp of two days", 80, 100...148, from: 0.9, to: 0.5),
        shares("there and back", 80, [0.5, 0.5], (150, [0.6, 0.4]), (220, [0.5, 0.5])),
        shares("burst of 8 h", 80, [0.5, 0.5], (180, [0.7, 0.3]), (188, [0.5, 0.5])),
        shares("to 52/48 at 1,500", 1_500, [0.5, 0.5], (168, [0.52, 0.48])),
        shares("to 70/30 at 10", 10, [0.5, 0.5], (168, [0.7, 0.3])),
        shares("late", 80, [0.5, 0.5], (312, [0.62, 0.38])),
        shares("early", 80, [0.5, 0.5], (24, [0.62, 0.38])),
        shares(
            "5, 25, 50, 100 %", 60, [0.95, 0.05],
            (72, [0.75, 0.25]), (150, [0.5, 0.5]), (240, [0, 1])),
        shares("an audience doubles", 150, audiences, (170, otherAudiences)),
        shares("a rare arm trebles", 100, [0.98, 0.01, 0.01], (150, [0.96, 0.03, 0.01])),
        shares("swap by day and night", Volume(50, daily: 0.8), [0.6, 0.4], (130, [0.4, 0.6])),
        shares(
            "while the volume falls", Volume(150, fall: 160), [0.7, 0.3], (160, [0.6, 0.4])),
        shares("fallback", 60, [0.5, 0.5, 0], (190, [0.46, 0.46, 0.08])),
        shares("over-dispersed, turned", 100, [0.6, 0.4], (180, [0.45, 0.55]), spread: 0.02),
        shares("two in 16 h", 100, [0.5, 0.5], (160, [0.65, 0.35]), (176, [0.4, 0.6])),
        ramp("ramp of 200 h", 120, 80...280, from: 0.5, to: 0.58),
    ]

    private static let quietLatencies = [
        latencies("stationary", 60),
        latencies("stationary at 300", 300),
        latencies("level by day", 60, level: Level(daily: 0.15)),
        latencies("wandering", 60, level: Level(keeps: 0.8, moves: 0.03)),
        latencies("bad hours", 60, level: Level(spikes: 0.015)),
        latencies("Pareto", 60, from: LatencyLaw(shape: .pareto(scale: 50))),
        latencies("bimodal", 60, from: LatencyLaw(shape: .bimodal(hits: 0.8))),
        latencies("volume and level by day", Volume(60, daily: 0.8), level: Level(daily: 0.1)),
        latencies("a fifth of the volume", Volume(100, fall: 160)),
        latencies("wandering more", 60, level: Level(keeps: 0.85, moves: 0.05)),
    ]

    private static let changedLatencies = [
        latencies("×1.1", 60, (168, LatencyLaw(factor: 1.1))),
        latencies("×1.3", 60, (200, LatencyLaw(factor: 1.3))),
        latencies("slow 6 %", 60, (150, LatencyLaw(slow: 0.06))),
        latencies("wider", 60, (180, LatencyLaw(spread: 0.65))),
        latencies(
            "fewer hits", 60, from: LatencyLaw(shape: .bimodal(hits: 0.8)),
            (170, LatencyLaw(shape: .bimodal(hits: 0.65)))),
        latencies("×0.8", 60, (140, LatencyLaw(factor: 0.8))),
        latencies("×1.3 for 12 h", 60, (200, LatencyLaw(factor: 1.3)), (212, LatencyLaw())),
        latencies("×1.25 and back", 60, (120, LatencyLaw(factor: 1.25)), (240, LatencyLaw())),
        latencies("×1.2 over days", 60, level: Level(daily: 0.15), (180, LatencyLaw(factor: 1.2))),
        latencies(
            "×1.2 wandering", 60, level: Level(keeps: 0.8, moves: 0.03),
            (180, LatencyLaw(factor: 1.2))),
        StreamKind(
            name: "ramp to ×1.4", volume: 60,
            content: .latencies(
                Course(
                    first: LatencyLaw(),
                    ramp: (140...188, { LatencyLaw(factor: 1 + 0.4 * $0) })), Level())),
        latencies("late ×1.3", 60, (318, LatencyLaw(factor: 1.3))),
        latencies("early ×1.3", 60, (24, LatencyLaw(factor: 1.3))),
        latencies("slow 3 % at 300", 300, (168, LatencyLaw(slow: 0.03))),
        latencies("timeouts", 60, (190, LatencyLaw(timeouts: 0.02))),
        latencies("×1.15 at 10", 10, (168, LatencyLaw(factor: 1.15))),
        latencies("×1.05 at 600", 600, (168, LatencyLaw(factor: 1.05))),
        latencies(
            "Pareto, 50 to 60 ms", 60, from: LatencyLaw(shape: .pareto(scale: 50)),
            (160, LatencyLaw(shape: .pareto(scale: 60)))),
        latencies(
            "three steps", 60, (90, LatencyLaw(factor: 1.15)), (180, LatencyLaw(factor: 1.35)),
            (270, LatencyLaw(factor: 1.1))),
        latencies("faster, slow 5 %", 60, (200, LatencyLaw(factor: 0.9, slow: 0.05))),
    ]

    private static func shares(
        _ name: String, _ volume: Volume, _ first: [Double],
        _ steps: (hour: Int, value: [Double])..., spread: Double = 0
    ) -> StreamKind {
        StreamKind(
            name: name, volume: volume, content: .shares(Course(first: first, steps: steps)),
            spread: spread)
    }

    private static func ramp(
        _ name: String, _ volume: Volume, _ hours: ClosedRange<Int>, from: Double, to: Double
    ) -> StreamKind {
        let value: @Sendable (Double) -> [Double] = { part in
            let first = from + (to - from) * part
            return [first, 1 - first]
        }
        return StreamKind(
            name: name, volume: volume,
            content: .shares(Course(first: value(0), ramp: (hours, value))))
    }

    private static func latencies(
        _ name: String, _ volume: Volume, level: Level = Level(),
        from first: LatencyLaw = LatencyLaw(), _ steps: (hour: Int, value: LatencyLaw)...
    ) -> StreamKind {
        StreamKind(
            name: name, volume: volume,
            content: .latencies(Course(first: first, steps: steps), level))
    }
}
