import Model
import Simulator
import Storage
import TestKit
import Testing
import WorldRig

private let hour = Instant.microsecondsPerHour

/// Panel subjects in their contexts, and what each round told them.
private struct Panel {
    struct Cell: Hashable {
        let subject: String
        let context: Context
    }

    private var answers: [Round: [Cell: Observation]] = [:]

    private struct Round: Hashable {
        let number: Int
        let experience: String
    }

    /// Runs a scenario from an hour of its own on, for some rounds, without cohort subjects.
    init(_ scenario: Scenario, from start: Instant, rounds: Int64) throws {
        var scenario = scenario
        scenario.start = start
        scenario.configuration = scenario.configuration.replacing(
            "cohort: { share: 0.5, prefix: cohort- }", with: "")
        var rig = try WorldRig(scenario, seed: 23)
        try rig.run(until: start.advanced(by: rounds * hour))
        let lines = try rig.store.observationLines(after: 0, since: nil, until: nil, limit: .max)
        for line in lines where line.observation.outcome.isResolved {
            let cell = Cell(subject: line.subject, context: line.context)
            let round = Round(number: line.round, experience: line.observation.experience)
            answers[round, default: [:]][cell] = line.observation
        }
    }

    /// The cells that were answered in two rounds: how, and how.
    func pairs(
        _ experience: String, _ first: Int, _ second: Int
    ) -> [(cell: Cell, before: Observation, after: Observation)] {
        let others = answers[Round(number: second, experience: experience)] ?? [:]
        return (answers[Round(number: first, experience: experience)] ?? [:]).compactMap {
            cell, before in others[cell].map { (cell, before, $0) }
        }
    }
}

@Suite("The worlds of the scenarios")
struct ScenarioTests {
    private func isMeant(_ cell: Panel.Cell) -> Bool {
        cell.context.device == "android-phone" && cell.context.geo == "IN"
    }

    @Test(
        "change the hero for Android phones in India alone",
        arguments: [Scenario.MondayEdit.allocation, .audience])
    func monday(edit: Scenario.MondayEdit) throws {
        let start = Scenario.mondayEdit.advanced(by: -hour)
        let panel = try Panel(.monday(edit), from: start, rounds: 2)
        let pairs = panel.pairs("hero", 1, 2)
        let moved = pairs.filter { $0.before.variation != $0.after.variation }
        let renamed = pairs.filter { $0.before.audience != $0.after.audience }
        #expect(pairs.count > 1_200 && (moved + renamed).allSatisfy { isMeant($0.cell) })
        switch edit {
        case .none, .allocation:
            // Of 84 cells, in each of which six of a hundred users move.
            #expect((1...15).contains(moved.count) && renamed.isEmpty)
            #expect(moved.allSatisfy { $0.before.variation == "2" && $0.after.variation == "1" })
        case .audience:
            #expect(renamed.count >= 80 && renamed.allSatisfy { $0.after.audience == "3C" })
            #expect((20...64).contains(moved.count))
        }
    }

    @Test("go back to what was on Monday")
    func back() throws {
        let start = Scenario.mondayReturn.advanced(by: -hour)
        let panel = try Panel(.monday(.allocation), from: start, rounds: 2)
        let moved = panel.pairs("hero", 1, 2).filter { $0.before.variation != $0.after.variation }
        #expect(!moved.isEmpty && moved.allSatisfy { isMeant($0.cell) })
        #expect(moved.allSatisfy { $0.before.variation == "1" && $0.after.variation == "2" })
    }

    @Test("make the second step of a ramp, or do not", arguments: Scenario.RampCourse.allCases)
    func ramp(course: Scenario.RampCourse) throws {
        let start = Scenario.rampSteps[1].advanced(by: -hour)
        let panel = try Panel(.ramp(course), from: start, rounds: 3)
        for (experience, wanted) in [("hero", "2"), ("promo-strip", nil as String?)] {
            func isIn(_ answer: Observation) -> Bool {
                wanted.map { $0 == answer.variation } ?? (answer.outcome == .served)
            }
            let pairs = panel.pairs(experience, 1, 3)
            let left = pairs.count { isIn($0.before) && !isIn($0.after) }
            let share = Double(pairs.count { isIn($0.after) }) / Double(pairs.count)
            #expect((left > 0) == (course == .leaving))
            switch course {
            case .forgotten: #expect((0.005...0.12).contains(share))
            case .planned, .leaving: #expect((0.15...0.35).contains(share))
            case .overshot: #expect((0.28...0.52).contains(share))
            }
        }
    }
}
