import Analysis
import Model
import Testing

@Suite("Troubles of a target")
struct TargetTroubleTests {
    static func evidence(
        _ state: TargetCondition.State, expiry: Int64? = nil, isLead: Bool = true
    ) -> PlanEvidence {
        watched { watch in
            watch.isLead = isLead
            watch.status = TargetStatus(
                target: "t",
                condition: TargetCondition(
                    state: state, since: start.advanced(by: -5), reason: .http(401)),
                certificateExpiry: expiry.map { start.advanced(by: $0) })
        }
    }

    @Test(
        "are its states but ready",
        arguments: [
            (TargetCondition.State.ready, nil, nil),
            (.limited, "limited", .info),
            (.unauthorized, "unauthorized", .critical), (.open, "circuit_open", .critical),
            (.halfOpen, "circuit_open", .critical),
        ] as [(TargetCondition.State, String?, Severity?)])
    func states(state: TargetCondition.State, name: String?, severity: Severity?) {
        let findings = found(.target, Self.evidence(state))
        #expect(findings.map(\.id) == [name].compactMap { $0 }.map { "target/t/" + $0 })
        #expect(findings.map(\.severity) == [severity].compactMap { $0 })
        #expect(findings.allSatisfy { $0.since == start.advanced(by: -5) && !$0.advice.isEmpty })
        if severity == .critical {
            #expect(findings.allSatisfy { $0.why.contains("(http_401)") })
        }
        #expect(found(.target, Self.evidence(state, isLead: false)).isEmpty)
    }

    @Test("are none where nothing is known of it")
    func unknown() {
        #expect(found(.target, watched { $0.isLead = true }).isEmpty)
    }

    private static let day = Instant.microsecondsPerDay
    private static let expiresAt = "the target's certificate expires at 2026-"

    /// The expiry in microseconds after the finding is looked for.
    @Test(
        "begin two weeks before its certificate expires",
        arguments: [
            (14 * day, nil, nil), (365 * day, nil, nil),
            (14 * day - 1, .warning, expiresAt + "12-07T23:59:59.999999Z, in 13 days"),
            (2 * day, .warning, expiresAt + "11-26T00:00:00.000000Z, in 2 days"),
            (day, .warning, expiresAt + "11-25T00:00:00.000000Z, in 1 day"),
            (0, .warning, expiresAt + "11-24T00:00:00.000000Z, in less than a day"),
            (
                -1, .critical,
                "the target's certificate expired at 2026-11-23T23:59:59.999999Z"
            ),
        ] as [(Int64, Severity?, String?)])
    func certificate(expiry: Int64, severity: Severity?, why: String?) {
        let findings = found(.target, Self.evidence(.ready, expiry: expiry), after: 0)
        #expect(findings.map(\.why) == [why].compactMap { $0 })
        #expect(findings.map(\.severity) == [severity].compactMap { $0 })
        #expect(findings.allSatisfy { $0.id == "target/t/certificate" })
        #expect(found(.target, Self.evidence(.ready, expiry: expiry, isLead: false)).isEmpty)
    }

    @Test("are told beside each other, worst first")
    func both() {
        let findings = found(.target, Self.evidence(.unauthorized, expiry: 5))
        #expect(findings.map(\.id) == ["target/t/unauthorized", "target/t/certificate"])
    }
}

@Suite("Troubles of the prober")
struct ProberTroubleTests {
    /// Of `count` probes `late` left late, by themselves but for the time that they were held.
    @Test(
        "are probes that leave late by themselves, one in a hundred and more",
        arguments: [
            (200, 4, 60_000, nil, true), (200, 200, 2_000_000, nil, true),
            (199, 199, 60_000, nil, false), (200, 1, 60_000, nil, false),
            (200, 200, 40_000, nil, false), (200, 200, 60_000, 50_000, false),
        ] as [(Int, Int, Int64, Int64?, Bool)])
    func jitter(count: Int, late: Int, lagUs: Int64, heldUs: Int64?, isFound: Bool) {
        let results = (0..<count).map { number in
            var sent = result()
            if number < late {
                sent.phases.lagUs = lagUs
                sent.phases.heldUs = heldUs
            }
            return sent
        }
        let findings = found(.prober, watched(plan(), results) { _ in })
        #expect(findings.map(\.id) == (isFound ? ["prober/t/shop/jitter"] : []))
        #expect(findings.allSatisfy { $0.severity == .warning && ($0.effect?.value ?? 0) > 50_000 })
    }

    @Test(
        "are probes that the store let drop, and no other ones",
        arguments: [
            (["store": 3], ["prober/t/shop/store"]), (["store": 0], []), (["in_flight": 9], []),
            ([:], []),
        ] as [([String: Int], [String])])
    func drops(dropped: [String: Int], ids: [String]) {
        var evidence = watched { _ in }
        evidence.round = RoundStatus(
            plan: "shop", target: "t", number: 1, startedAt: start, probes: 9, dropped: dropped)
        let findings = found(.prober, evidence)
        #expect(findings.map(\.id) == ids)
        #expect(findings.allSatisfy { $0.why.hasPrefix("3 probes") && $0.effect?.value == 3 })
    }
    @Test("are a store that cannot be written to, and one that could not")
    func outage() {
        var past = StoreOutage(since: start, code: "full", reason: "the disk is full")
        func findings(_ outage: StoreOutage?, isLead: Bool = true) -> [Finding] {
            found(
                .prober,
                watched {
                    $0.isLead = isLead
                    $0.outage = outage
                })
        }
        #expect(findings(nil).isEmpty && findings(past, isLead: false).isEmpty)
        #expect(findings(past).map(\.severity) == [.critical])
        #expect(findings(past)[0].why == "the store cannot be written to: the disk is full")
        past.until = start.advanced(by: 90_000_000)
        #expect(findings(past).map(\.severity) == [.warning])
        #expect(findings(past)[0].effect?.value == 90 && findings(past)[0].since == start)
        #expect(findings(past)[0].id == "prober/t/shop/outage")
    }
}
