import Model
import Rendering
import TestKit
import Testing

private let india = TimeFormat(zone: "Asia/Kolkata") { _ in (19_800, "IST") }
private let due = Instant(microseconds: 1_795_521_600_000_000)

private let probe = Probe(
    identity: ProbeIdentity(
        agent: "eu-1", plan: "storefront", target: "production", round: 0, index: 0),
    subject: Subject(customerID: "panel-0007", population: .panel),
    context: Context(
        day: .saturday, hour: 19, device: "iphone", geo: "IN",
        attributes: [
            Attribute(name: "utm_medium", value: "email"), Attribute(name: "coupon", value: nil),
        ]), experiences: ["hero"])

private let request = """
    POST /v1/experiences/fetch HTTP/1.1
    host: sdk-02.moengage.com
    authorization: Basic ****
    content-type: application/json
    content-length: 58

    {"customer_id":"panel-0007","experience_key":["hero"],"hour":"19"}
    """

private func line(_ result: ProbeResult, _ observation: Observation) -> ObservationLine {
    ObservationLine(
        seq: 1, id: "eu-1-trace-1", resultID: "eu-1-trace-r1", agent: "eu-1", boot: "trace",
        target: "production", plan: "storefront", round: 0, index: 0, dueAt: due,
        phases: result.phases, subject: result.probe.subject.label, population: .panel,
        context: result.probe.context, observation: observation, transport: result.transport,
        traceID: result.traceID, maintenance: result.isMaintenance)
}

/// An answered probe over a new TLS connection.
private var answered: TraceSheet {
    let observation = Observation(
        experience: "hero", outcome: .served, variation: "2", audience: "42D",
        audienceName: "High Intent Users",
        campaign: "65eae5738ea5032b0ef60138_F_T_WP_AB_2_P_0_AU_42D",
        fingerprint: "00ff00ff00ff00ff", shape: "Title:string")
    let result = ProbeResult(
        probe: probe, dueAt: due,
        phases: Phases(
            lagUs: 44, dnsUs: 12_310, connectUs: 21_200, tlsUs: 43_000, requestUs: 12,
            firstByteUs: 145_000, transferUs: 1_088),
        transport: Transport(
            httpStatus: 200, httpVersion: "2", connection: .new, remoteAddress: "203.0.113.7",
            bytes: 1_512), observations: [observation],
        traceID: "4bf92f3577b34da6a3ce929d0e0e4736")
    var sheet = TraceSheet(result: result, request: request)
    sheet.fields = [
        ("content-type", "application/json; charset=utf-8"), ("x-request-id", "req-0001"),
    ]
    sheet.body = """
        {"experiences": {
          "hero": {"payload": {"Title": {"data_type": "string", "value": "Festive sale"}}}
        }}
        """
    sheet.readings = [
        FieldReading(
            path: "experiences.hero.experience_context.moe_variation_id", value: "2",
            field: "variation"),
        FieldReading(
            path: "experiences.hero.experience_context.audience_id", value: "42D",
            field: "audience"),
        FieldReading(
            path: "experiences.hero.experience_context.moe_locale_id", value: nil, field: "locale"),
    ]
    sheet.certificateExpiry = due.advanced(by: 90 * Instant.microsecondsPerDay)
    sheet.remarks = ["hour=19 is not in the plan's matrix"]
    sheet.lines = [line(result, observation)]
    return sheet
}

/// A probe that got no further than its connection.
private var failed: TraceSheet {
    let failure = Failure(.timeout, .connectTimeout)
    let observation = ProbeResult.failedObservations(of: probe, failure)[0]
    let result = ProbeResult(
        probe: probe, dueAt: due,
        phases: Phases(lagUs: 31, dnsUs: 850, connectUs: 4_999_119), transport: Transport(),
        failure: failure, observations: [observation], isMaintenance: true)
    var sheet = TraceSheet(result: result, request: request)
    sheet.lines = [line(result, observation)]
    return sheet
}

/// An answer over a connection that was open, cut off as it was too long.
private var cutOff: TraceSheet {
    let failure = Failure(.malformed, .bodyLimit)
    let observation = ProbeResult.failedObservations(of: probe, failure)[0]
    let result = ProbeResult(
        probe: probe, dueAt: due,
        phases: Phases(lagUs: 900, requestUs: 40, firstByteUs: 850, transferUs: 310_000),
        transport: Transport(
            httpStatus: 200, httpVersion: "1.1", connection: .reused, remoteAddress: "::1",
            bytes: 10_485_760), failure: failure, observations: [observation])
    var sheet = TraceSheet(result: result, request: request)
    sheet.lines = [line(result, observation)]
    return sheet
}

/// What steers terminals and pages, everywhere that it can come in.
private var hostile: TraceSheet {
    let attack = "\u{1B}[2J\u{1B}]0;owned\u{7}\"><script>alert(1)</script>\r\u{9B}31m"
    var sheet = answered
    let probe = Probe(
        identity: probe.identity, subject: Subject(customerID: attack, population: .panel),
        context: Context(attributes: [Attribute(name: attack, value: attack)]),
        experiences: ["hero"])
    sheet.result.probe = probe
    sheet.result.failure = Failure(.rejected, Reason(rawValue: attack))
    sheet.result.transport.remoteAddress = attack
    sheet.result.transport.httpVersion = attack
    sheet.result.traceID = attack
    sheet.request = "POST /\(attack)\n\n" + attack
    sheet.fields = [(attack, attack)]
    sheet.body = attack + "\n" + attack
    sheet.readings = [FieldReading(path: attack, value: attack, field: "variation")]
    sheet.remarks = [attack]
    sheet.lines = [
        line(sheet.result, Observation(experience: attack, outcome: .served, variation: attack))
    ]
    return sheet
}

@Suite("A trace's sheet")
struct TraceSheetTests {
    @Test("shows one probe whole", arguments: ["answered", "failed", "cut-off", "hostile"])
    func golden(name: String) throws {
        let sheets = [
            "answered": answered, "failed": failed, "cut-off": cutOff, "hostile": hostile,
        ]
        try expectGolden(render(try #require(sheets[name]), time: india), "trace-\(name).txt")
    }

    @Test("has its parts in their order, what was read only where something was")
    func sections() {
        func heads(_ sheet: TraceSheet) -> [String] {
            let names = ["REQUEST", "TIMES", "CONNECTION", "ANSWER", "READ AS", "STORED AS"]
            return render(sheet, time: india).split(separator: "\n").compactMap { line in
                names.first { line.hasPrefix($0) }
            }
        }
        let all = ["REQUEST", "TIMES", "CONNECTION", "ANSWER", "READ AS", "STORED AS"]
        #expect(heads(answered) == all)
        #expect(heads(failed) == all.filter { $0 != "READ AS" })
    }

    @Test("lets nothing that came from outside steer a terminal")
    func control() {
        let text = render(hostile, time: india)
        let controls = text.unicodeScalars.filter {
            $0 != "\n" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value))
        }
        #expect(controls.isEmpty)
        #expect(text.contains("\u{FFFD}[2J\u{FFFD}]0;owned\u{FFFD}"))
    }
}
