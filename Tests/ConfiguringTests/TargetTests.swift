import Configuring
import Foundation
import Model
import Testing

/// What a target may further say.
@Suite struct TargetTests {
    private func target(_ lines: String) throws -> Target {
        let text = try sound("    budget: 600/min", by: lines.indented(by: 4))
        return try #require(try loaded(text).effective.targets.first)
    }

    @Test func `without a word a target is as it always was`() throws {
        let target = try target("timeout: 5s")
        #expect(target == Target(name: "production", baseURL: target.baseURL, workspaceID: "WS1"))
    }

    @Test(arguments: [
        ("10ms", 10_000), ("1500ms", 1_500_000), ("10m", 600_000_000),
    ])
    func `the time that a probe may take`(_ text: String, _ microseconds: Int64) throws {
        #expect(try target("timeout: " + text).timeoutUs == microseconds)
    }

    @Test(arguments: [("600/min", 10.0), ("36000/h", 10), ("5/s", 5)])
    func `the budget of all plans together`(_ text: String, _ perSecond: Double) throws {
        #expect(try target("budget: " + text).budget == Rate(perSecond: perSecond))
    }

    @Test(arguments: [1, 256, 10_000])
    func `probes in flight at once`(_ count: Int) throws {
        #expect(try target("max_in_flight: \(count)").maxInFlight == count)
    }

    @Test(arguments: [
        ("{ minimum: \"1.3\" }", TLSSettings(minimum: "1.3")),
        ("{ minimum: 1.2 }", TLSSettings()), ("{}", TLSSettings()), ("~", TLSSettings()),
        ("{ server_name: sdk-02.moengage.com }", TLSSettings(serverName: "sdk-02.moengage.com")),
    ])
    func `which TLS is spoken, and to whom`(_ text: String, _ settings: TLSSettings) throws {
        #expect(try target("tls: " + text).tls == settings)
    }

    @Test(arguments: [
        ("auto", HTTPChoice.auto), ("1", .one), ("2", .two), ("\"2\"", .two),
    ])
    func `the version of HTTP is plain text`(_ text: String, _ choice: HTTPChoice) throws {
        #expect(try target("http: " + text).http == choice)
    }

    @Test func `probes carry a traceparent where it is asked for`() throws {
        #expect(try target("traceparent: true").traceparent)
        #expect(try !target("traceparent: false").traceparent)
    }

    /// `zone` of the sound text is Asia/Kolkata.
    @Test(arguments: [
        (
            "{ days: [Saturday], from: \"05:00\", to: \"06:00\", zone: UTC }",
            MaintenanceWindow(days: [.saturday], from: 300, to: 360, zone: "UTC")
        ),
        (
            "{ days: Sunday, from: 23:30, to: 01:00 }",
            MaintenanceWindow(days: [.sunday], from: 1_410, to: 60, zone: "Asia/Kolkata")
        ),
        (
            "{ days: all, from: 00:00, to: 24:00 }",
            MaintenanceWindow(
                days: Weekday.allCases, from: 0, to: 1_440, zone: "Asia/Kolkata")
        ),
        // The midnight that it ends at is the one after it began.
        (
            "{ from: 22:00, to: 00:00, zone: Europe/Berlin }",
            MaintenanceWindow(
                days: Weekday.allCases, from: 1_320, to: 1_440, zone: "Europe/Berlin")
        ),
    ])
    func `maintenance windows`(_ text: String, _ window: MaintenanceWindow) throws {
        #expect(try target("maintenance: [\(text)]").maintenance == [window])
    }

    @Test func `a target has as many windows as anybody states, and not without end`() throws {
        func windows(_ count: Int) throws -> String {
            let list = repeatElement("{ from: 01:00, to: 02:00 }", count: count)
            return try sound(
                "    budget: 600/min",
                by: "    maintenance: [\(list.joined(separator: ", "))]")
        }
        #expect(try loaded(windows(256)).effective.targets.first?.maintenance.count == 256)
        #expect(
            faults(try windows(257)) == [
                "v.yaml:9:5: targets.production.maintenance: lists more than 256 windows"
            ])
    }

    @Test func `times are UTC where the file names no zone`() throws {
        let text = try sound("zone: Asia/Kolkata\n", by: "")
            .replacingOccurrences(
                of: "    budget: 600/min",
                with: "    maintenance: [{ from: 01:00, to: 02:00 }]")
        #expect(try loaded(text).effective.targets.first?.maintenance.first?.zone == "UTC")
    }
}

// MARK: OFREP

extension TargetTests {
    private func flags(_ more: String) throws -> String {
        try sound("    data_center: \"02\"\n    workspace_id: WS1\n    api_key: ${KEY}\n", by: "")
            .replacingOccurrences(
                of: "    budget: 600/min", with: ("api: ofrep\n" + more).indented(by: 4))
    }

    @Test func `an OFREP server needs a URL and may do without a key`() throws {
        let open = try loaded(try flags("base_url: http://127.0.0.1:8016"))
        #expect(
            open.effective.targets == [
                Target(
                    name: "production", api: .ofrep, baseURL: "http://127.0.0.1:8016",
                    workspaceID: "")
            ])
        #expect(open.keys == ["production": Secret("")])
        let closed = try loaded(try flags("base_url: https://flags.example\napi_key: ${KEY}"))
        #expect(closed.keys == ["production": Secret("canary-4711")])
    }

    @Test func `the vendor's limit is none of an OFREP server`() throws {
        let text = try flags("base_url: http://h\nbudget: 20000/min")
        #expect(faults(text) == [])
    }
}

extension String {
    /// Each line after that many spaces.
    fileprivate func indented(by count: Int) -> String {
        split(separator: "\n").map { String(repeating: " ", count: count) + $0 }
            .joined(separator: "\n")
    }
}
