import Foundation
import Model
import TestKit
import Testing

@Suite("Rounds on a schedule")
struct ScheduleTests {
    /// Ninety probes at forty a second: a round outlasts its period of a second.
    private static let overlong = """
        every: 1s
        rate: 40/s
        subjects: { panel: { count: 90 } }
        matrix: { attributes: { a: [\((0..<90).map { "v\($0)" }.joined(separator: ", "))] } }
        """

    private static func configuration(port: Int, hours: String) -> String {
        func plan(_ name: String, _ more: String) -> String {
            let text = "target: sim\nexperiences: [hero]\n\(more)\n\(overlong)"
            return "  \(name):\n" + text.split(separator: "\n").map { "    \($0)\n" }.joined()
        }
        let head = Scene.configuration(port: port, plan: "").components(separatedBy: "plans:")[0]
        return head + "plans:\n" + plan("skips", "overlong: skip")
            + plan("overlaps", "overlong: overlap")
            + plan("asleep", "active: { days: all, hours: [\(hours)], zone: UTC }\noverlong: skip")
    }

    @Test("skips or overlaps what is overlong, and leaves hours out in which it is not active")
    func overlong() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        // Neither this hour nor the next: the test may run over its end.
        let now = try #require(Calendar.utc.dateComponents([.hour], from: Date()).hour)
        let others = (2..<22).map { String((now + $0) % 24) }.joined(separator: ", ")
        try scene.folder.write(
            Self.configuration(port: scene.port, hours: others), to: "v.yaml")
        let daemon = try Daemon(in: scene)
        #expect(daemon.log("a round is skipped", "\"skips\"") != nil)
        #expect(daemon.log("round ended", "\"overlaps\"", "\"round\":\"2\"", "complete") != nil)
        #expect(daemon.log("round ended", "\"skips\"", "\"round\":\"2\"", "complete") != nil)
        let metrics = try daemon.ask("/metrics").body
        #expect(
            metrics.contains(#"variometer_rounds_skipped_total{target="sim",plan="skips"}"#))
        #expect(
            !metrics.contains(#"variometer_rounds_skipped_total{target="sim",plan="overlaps"}"#))
        #expect(try daemon.stop().status == 0)
        let lines = try scene.lines()
        func due(_ plan: String, _ round: Int) -> [Instant] {
            lines.filter { $0.plan == plan && $0.round == round }.map(\.dueAt)
        }
        let (first, second) = (due("overlaps", 1), due("overlaps", 2))
        #expect(first.count == 90 && second.count == 90)
        #expect(try #require(second.min()) < #require(first.max()), "both ran side by side")
        #expect(try #require(due("skips", 2).min()) > #require(due("skips", 1).max()))
        #expect(!lines.contains { $0.plan == "asleep" })
    }
}

extension Calendar {
    fileprivate static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
