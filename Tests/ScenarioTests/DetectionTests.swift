import Foundation
import Model
import Simulator
import Storage
import Testing
import WorldRig

private let hour = Instant.microsecondsPerHour

/// What matters here of a finding.
private struct Told: Decodable, Hashable {
    let kind: String
    let severity: String
    let experience: String?
    let audience: String?
    let segment: [String: String?]
    let why: String
}

extension WorldRig {
    /// What was found in the windows of a span; each thing once, as it was first told.
    fileprivate func told(
        from start: Instant = Instant(microseconds: 0), worse than: Severity = .info
    ) throws -> [Told] {
        var seen: Set<[String?]> = []
        return try findings().filter { $0.start >= start }.flatMap(\.findings).map {
            try JSONDecoder().decode(Told.self, from: Data($0.utf8))
        }.filter {
            $0.severity != than.rawValue
                && seen.insert([$0.kind, $0.experience, $0.audience, "\($0.segment)"]).inserted
        }
    }
}

@Suite("The Monday incident")
struct MondayDetectionTests {
    private static let phones = ["device": "android-phone", "geo": "IN"]

    /// From the round before the edit on, for some rounds. Of some 68 panel subjects that are asked
    /// there six of a hundred move. Of this seed four do; where one alone does, its segment cannot be
    /// told, and in one world of seventy none does.
    private func rig(_ edit: Scenario.MondayEdit, rounds: Int64) throws -> WorldRig {
        var scenario = Scenario.monday(edit)
        scenario.start = Scenario.mondayEdit.advanced(by: -hour)
        var rig = try WorldRig(scenario, seed: 7)
        try rig.run(until: scenario.start.advanced(by: rounds * hour))
        return rig
    }

    @Test(
        "is told by the panel in the next round, with its segment",
        arguments: [Scenario.MondayEdit.allocation, .audience])
    func nextRound(edit: Scenario.MondayEdit) throws {
        let rig = try rig(edit, rounds: 2)
        #expect(try rig.told().allSatisfy { $0.kind == "targeting_change" })
        let changes = try rig.told(from: Scenario.mondayEdit)
        #expect(changes.contains { $0.segment == Self.phones }, "\(changes.map(\.why))")
        #expect(changes.allSatisfy { $0.experience == "hero" && $0.severity == "warning" })
        let report = try rig.report(.summary, since: Scenario.mondayEdit)
        let change = try #require(report.findings.first { $0.kind == .targetingChange })
        #expect(change.segment == Segment("device=android-phone&geo=IN"))
        #expect(change.why.contains("elsewhere 0 of"), "\(change.why)")
        let unplanned = report.findings.filter {
            $0.kind == .configuration && $0.audience == "3C"
        }
        #expect(unplanned.count == (edit == .audience ? 1 : 0))
    }

    @Test("is nothing where nobody edits")
    func none() throws {
        #expect(try rig(.none, rounds: 2).told().isEmpty)
    }
}

@Suite("A ramp of 5, 25 and 100 percent, clicked seven minutes late")
struct RampDetectionTests {
    /// Two hours apart.
    private static let steps = [-2, 0, 2].map { Scenario.rampSteps[1].advanced(by: $0 * hour) }

    /// From the round before the first step until the second round after the last.
    private func rig(_ course: Scenario.RampCourse) throws -> WorldRig {
        var scenario = Scenario.ramp(course, steps: Self.steps)
        scenario.start = Self.steps[0].advanced(by: -hour)
        var rig = try WorldRig(scenario, seed: 37)
        try rig.run(until: Self.steps[2].advanced(by: 2 * hour))
        return rig
    }

    @Test("brings no alarm")
    func planned() throws {
        let told = try rig(.planned).told()
        #expect(told.isEmpty, "\(told.map(\.why))")
    }

    @Test(
        "brings exactly one right alarm for each ramp that leaves its plan",
        arguments: [
            (Scenario.RampCourse.forgotten, "warning", "did not take its step"),
            (.overshot, "critical", "goes beyond its step"),
            (.leaving, "critical", "are not any more"),
        ])
    func troubled(course: Scenario.RampCourse, severity: String, words: String) throws {
        let told = try rig(course).told()
        #expect(
            told.map { "\($0.kind) \($0.experience ?? "") \($0.severity)" }.sorted()
                == ["ramp hero \(severity)", "ramp promo-strip \(severity)"],
            "\(told.map(\.why))")
        #expect(told.allSatisfy { $0.why.contains(words) }, "\(told.map(\.why))")
    }

    @Test("tells errors and latency that came with a step", arguments: [false, true])
    func worsening(isTroubled: Bool) throws {
        let step = Scenario.rampSteps[1]
        var scenario = Scenario.ramp(.planned)
        // As late in the day as a day before: four rounds a day are enough.
        scenario.configuration = scenario.configuration.replacing("every: 1h", with: "every: 6h")
        scenario.start = step.advanced(by: -27 * hour)
        if isTroubled {
            scenario.world.faults.append(FaultRule(.serverError, share: 0.1, from: step))
            scenario.world.slowdowns.append(
                Slowdown(period: Period(from: step, until: nil), factor: 1.5))
        }
        var rig = try WorldRig(scenario, seed: 41)
        try rig.run(until: step.advanced(by: 4 * hour))
        let ids = try rig.report(.summary, since: step).findings.filter {
            $0.kind == .ramp && $0.severity != .info
        }.map(\.id)
        let expected = ["hero/1A", "promo-strip/all"].flatMap { ramp in
            ["errors", "latency"].map { "ramp/production/storefront/\(ramp)/\($0)" }
        }
        #expect(ids == (isTroubled ? expected : []))
    }
}
