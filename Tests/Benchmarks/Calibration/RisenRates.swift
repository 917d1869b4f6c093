import Analysis
import Foundation
import Model
import Statistics

/// Latencies and failures against their own past: how often does a healthy target alarm, and how
/// soon is one that is slower or fails found, and where?
struct RisenRates: CalibrationGame {
    let title = "rates  latencies and failures against the weeks before, 300 answers an hour"

    private struct Shift {
        let name: String
        let trouble: PastWorld.Trouble
        /// As `ToldFinding` names it.
        let told: String
    }

    private static let shifts = [
        Shift(name: "all x 1.5", trouble: .slow(1.5), told: "latency_regression"),
        Shift(
            name: "one place x 2", trouble: .slowPlace("BR", 2),
            told: "latency_regression [geo=BR]"),
        Shift(name: "one in ten fails", trouble: .failing(0.1), told: "error_rate"),
    ]
    private static let weeks = 3
    private static let hoursPerWeek = 168
    /// A shift lasts at most so long.
    private static let longest = 48

    private struct Run {
        var isFalse = false
        /// True: a p95 a quarter above the one of a week ago was seen in some hour.
        var isPeerFalse = false
        /// Minutes until each shift was told, and whether its segment was right; nil: never.
        var delays: [Double?] = []
        var isRight: [Bool] = []
    }

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let runs = try setting.play("rates", share: 0.004) { dice in Result { try run(&dice) } }
            .map { try $0.get() }
        // Ten years for all rates together.
        let expected = Double(Self.weeks) / (10 * 365.25 / 7)
        var figures = [
            figure(
                "healthy stretches of three weeks with a finding", runs.share(where: \.isFalse),
                .atMost(largestShare(of: expected, runs: runs.count))),
            figure(
                "the same: an hour's p95 over 1.2 x that of a week ago",
                runs.share(where: \.isPeerFalse)),
        ]
        for (place, shift) in Self.shifts.enumerated() {
            let delays = runs.map { $0.delays[place] ?? .infinity }
            figures.append(figure("\(shift.name): median minutes until told", delays.middle))
            figures.append(
                figure(
                    "\(shift.name): told of the right ones", runs.share { $0.isRight[place] },
                    .atLeast(0.9)))
        }
        return figures
    }

    private func run(_ dice: inout Dice) throws -> Run {
        let store = MemoryStore(PastWorld.configuration, since: PastWorld.start)
        var evaluator = Evaluator(store: store)
        var world = PastWorld()
        var run = Run()
        let quiet = Self.weeks * Self.hoursPerWeek
        for hour in 0..<quiet {
            store.record(world.results(ofHour: hour, &dice))
            try evaluator.closeWindows(before: instant(hour + 1))
            run.isPeerFalse = run.isPeerFalse || isBeyondLastWeek(hour, store)
        }
        run.isFalse = !store.windowFindings(in: Span(since: instant(0), until: instant(quiet)))
            .isEmpty
        for shift in Self.shifts {
            let (minutes, isRight) = try told(shift, store, world, &dice)
            run.delays.append(minutes)
            run.isRight.append(isRight)
        }
        return run
    }

    /// When a shift that begins with the next hour is told, and of whom at last.
    private func told(
        _ shift: Shift, _ store: MemoryStore, _ world: PastWorld, _ dice: inout Dice
    ) throws -> (minutes: Double?, isRight: Bool) {
        let (store, begun) = (store.copy(), Self.weeks * Self.hoursPerWeek)
        var (evaluator, world) = (Evaluator(store: store), world)
        world.trouble = shift.trouble
        for hour in begun..<(begun + Self.longest) {
            store.record(world.results(ofHour: hour, &dice))
            try evaluator.closeWindows(before: instant(hour + 1))
            guard let first = try told(in: store, since: begun) else { continue }
            let minutes = Double(instant(begun).distance(to: first.at)) / 60e6
            return (minutes, first.finding.name == shift.told)
        }
        return (nil, false)
    }

    /// The first finding since an hour began, when its window closed.
    private func told(
        in store: MemoryStore, since hour: Int
    ) throws -> (at: Instant, finding: ToldFinding)? {
        let span = Span(since: instant(hour), until: instant(hour + Self.longest + 1))
        for window in store.windowFindings(in: span) {
            for finding in try window.findings.map(ToldFinding.init) where finding.isOfRates {
                return (Window(.fiveMinutes, containing: window.start).end, finding)
            }
        }
        return nil
    }

    /// What a dashboard's rule would alarm at.
    private func isBeyondLastWeek(_ hour: Int, _ store: MemoryStore) -> Bool {
        func p95(_ hour: Int) -> Double? {
            let span = Span(since: instant(hour), until: instant(hour + 1))
            let scope = RollupScope(target: "t", plan: "p", segment: .everyone)
            let tallies = store.tallies(
                size: .hour, in: span, target: nil, plan: nil, shapes: [[]])
            return tallies[scope]?.phases[.latency]?.quantile(0.95)
        }
        guard let now = p95(hour), let then = p95(hour - Self.hoursPerWeek) else { return false }
        return now > 1.2 * then
    }

    private func instant(_ hour: Int) -> Instant {
        PastWorld.start.advanced(by: Int64(hour) * Instant.microsecondsPerHour)
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
        GameFigure(game: "rates", figure: words, value: value, goal: goal)
    }
}

extension ToldFinding {
    fileprivate var isOfRates: Bool { kind == "latency_regression" || kind == "error_rate" }
}
