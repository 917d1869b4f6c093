import Foundation
import Statistics

/// A split changes after a long healthy stretch: how many subjects more until the alarm?
struct LateChange: CalibrationGame {
    let title =
        "G3  50/50 changes after quiet subjects: median subjects from the change to the alarm"

    private struct Delays {
        /// By quiet stretch and shift.
        var detector: [[Double]] = []
        var evidence: [[Double]] = []
        /// True if the detector alarmed while nothing had changed.
        var isFalse = false
        /// How far the estimated start lay from the change after the longest stretch, at 55/45.
        var error = 0.0
    }

    private static let stretches = [0, 5_000, 20_000]
    private static let shifts = [0.55, 0.52, 0.6]

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let detector = try SplitChangeDetector(probabilities: [0.5, 0.5])
        let evidence = try SplitEvidence(probabilities: [0.5, 0.5])
        let runs = setting.play("late change") { dice in
            delays(detector, evidence, &dice)
        }
        return figures(of: runs) + runLength(detector, setting)
    }

    private func delays(
        _ startDetector: SplitChangeDetector, _ startEvidence: SplitEvidence, _ dice: inout Dice
    ) -> Delays {
        var (detector, evidence) = (startDetector, startEvidence)
        let quiet = TrueSplit([0.5, 0.5])
        var delays = Delays()
        for stretch in Self.stretches {
            while detector.count < stretch {
                let category = quiet.draw(&dice)
                detector.update(category: category)
                evidence.add(category)
                if detector.lnR >= lnRunLength { delays.isFalse = true }
            }
            let found = Self.shifts.map { share in
                let truth = TrueSplit([share, 1 - share])
                var changed = detector
                while changed.lnR < lnRunLength { changed.update(category: truth.draw(&dice)) }
                if stretch == Self.stretches.last, share == 0.55 {
                    delays.error = abs(Double((changed.likelyStart ?? 0) - stretch))
                }
                return Double(changed.count - stretch)
            }
            delays.detector.append(found)
            delays.evidence.append([cumulativeDelay(evidence, &dice)])
        }
        return delays
    }

    /// Subjects until the evidence of all subjects together alarms, at 55/45.
    private func cumulativeDelay(_ start: SplitEvidence, _ dice: inout Dice) -> Double {
        var evidence = start
        let truth = TrueSplit([0.55, 0.45])
        var count = 0.0
        while evidence.lnEMax < lnEvidenceLimit {
            evidence.add(truth.draw(&dice))
            count += 1
        }
        return count
    }

    private func figures(of runs: [Delays]) -> [GameFigure] {
        // What is already over the limit at the change is a false alarm, not a quick one.
        let clean = runs.filter { !$0.isFalse }
        func middle(_ stretch: Int, _ shift: Int) -> Double {
            clean.map { $0.detector[stretch][shift] }.middle
        }
        func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
            GameFigure(game: "G3", figure: words, value: value, goal: goal)
        }
        return [
            figure("55/45 after 20,000: detector", middle(2, 0), .atMost(1.05 * 1_673)),
            figure("55/45 after 5,000: detector", middle(1, 0)),
            figure("55/45 from the start: detector", middle(0, 0)),
            figure(
                "55/45 after 20,000 over from the start: detector", middle(2, 0) / middle(0, 0),
                .atMost(1.1)),
            figure("52/48 after 20,000: detector", middle(2, 1), .atMost(1.05 * 7_727)),
            figure("60/40 after 20,000: detector", middle(2, 2), .atMost(1.05 * 499)),
            figure(
                "55/45 after 20,000: split evidence, alpha 0.001",
                clean.map { $0.evidence[2][0] }.middle),
            figure("55/45 after 20,000: error of the start, subjects", clean.map(\.error).middle),
            // Run length 10⁶: at most 20,000 in a million.
            figure(
                "false alarms within 20,000 quiet subjects", runs.share(where: \.isFalse),
                .atMost(largestShare(of: 0.02, runs: runs.count))),
        ]
    }

    /// The mean number of healthy subjects to a false alarm, when at least 10,000 are promised.
    private func runLength(
        _ start: SplitChangeDetector, _ setting: CalibrationSetting
    ) -> [GameFigure] {
        let quiet = TrueSplit([0.5, 0.5])
        let lengths = setting.play("run length", share: 0.25) { dice in
            var detector = start
            while detector.lnR < lnShortRunLength { detector.update(category: quiet.draw(&dice)) }
            return Double(detector.count)
        }
        // Run lengths are nearly exponential: three standard errors of their mean.
        let slack = 3 / Double(lengths.count).squareRoot()
        return [
            GameFigure(
                game: "G3", figure: "mean subjects to a false alarm, 10,000 promised",
                value: lengths.mean, goal: .atLeast(10_000 * (1 - slack)))
        ]
    }
}

private let lnRunLength = log(1e6)
private let lnShortRunLength = log(1e4)
private let lnEvidenceLimit = log(1_000.0)
