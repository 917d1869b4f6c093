import Analysis
import Model
import Testing

/// What is found of one kind, at an instant after the start.
func found(
    _ kind: FindingKind, _ evidence: PlanEvidence, after microseconds: Int64 = 1
) -> [Finding] {
    report(
        .summary, over: Span(since: start, until: start.advanced(by: microseconds)),
        evidence: [evidence], watermark: nil
    ).findings.filter { $0.kind == kind }
}

/// Evidence of some results and of what was noticed beside them.
func watched(
    _ plan: Plan = plan(), _ results: [ProbeResult] = [], _ watch: (inout TargetWatch) -> Void
) -> PlanEvidence {
    var evidence = PlanEvidence(target: "t", plan: plan, tallies: [.everyone: tally(results)])
    watch(&evidence.watch)
    return evidence
}

@Suite("Findings")
struct FindingTests {
    @Test(
        "are as severe as it is written",
        arguments: zip(
            FindingKind.allCases,
            Array(repeating: Severity.critical, count: 4)
                + Array(repeating: .warning, count: 11) + [.info]))
    func severities(kind: FindingKind, severity: Severity) {
        #expect(kind.defaultSeverity == severity)
    }

    @Test("stand worst first, and by their ids")
    func order() {
        let notices = [AnswerNotice.Kind.content, .shape, .identity].map { kind in
            AnswerNotice(
                key: BrokenAnswerTests.key, kind: kind, firstAt: start, lastAt: start, detail: "d")
        }
        let evidence = watched {
            $0.notices = notices
            $0.isLead = true
            $0.status = TargetStatus(
                target: "t", condition: TargetCondition(state: .unauthorized, since: start))
        }
        let all = report(
            .summary, over: Span(since: start, until: start), evidence: [evidence], watermark: nil
        ).findings
        #expect(
            all.map(\.id) == [
                "target/t/unauthorized", "contract/t/shop/hero/A/1/identity",
                "contract/t/shop/hero/A/1/shape", "content_change/t/shop/hero/A/1/content",
            ])
    }
}

@Suite("Broken answers")
struct BrokenAnswerTests {
    static let key = AnswerKey(
        target: "t", plan: "shop", experience: "hero", audience: "A", variation: "1")

    @Test(
        "are those that no API of this kind gives",
        arguments: [
            (Failure(.rejected, .redirect), true), (Failure(.malformed, .bodyLimit), true),
            (Failure(.malformed, .headerLimit), true), (Failure(.malformed, .encoding), true),
            (Failure(.malformed, .notJSON), true), (Failure(.malformed, .wrongShape), true),
            (Failure(.malformed, .httpProtocol), true),
            (Failure(.timeout, .bodyTimeout), false), (Failure(.failed, .http(503)), false),
            (Failure(.unreachable, .tlsExpired), false), (Failure(.limited, .http(429)), false),
        ])
    func reasons(failure: Failure, isBroken: Bool) {
        let evidence = watched(plan(), [result(), result(failure: failure)]) { _ in }
        let findings = found(.contract, evidence)
        #expect(findings.count == (isBroken ? 1 : 0))
        guard let finding = findings.first else { return }
        #expect(finding.id == "contract/t/shop/\(failure.reason.rawValue)")
        #expect(finding.severity == .warning && !finding.advice.isEmpty)
        #expect(finding.why == "1 of 2 answers: \(failure.reason.rawValue)")
    }

    @Test("are counted by reason, whatever their outcome, under an id that stays the same")
    func counts() {
        func evidence(_ count: Int) -> PlanEvidence {
            let broken = [Failure(.malformed, .encoding), Failure(.rejected, .encoding)]
            return watched(
                plan(),
                broken.flatMap { failure in
                    (0..<count).map { _ in result(failure: failure) }
                }
            ) { _ in }
        }
        let findings = [1, 4].flatMap { found(.contract, evidence($0), after: Int64($0)) }
        #expect(Set(findings.map(\.id)) == ["contract/t/shop/encoding"])
        #expect(findings.map(\.why) == ["2 of 2 answers: encoding", "8 of 8 answers: encoding"])
        #expect(findings.map(\.effect?.value) == [2, 8])
    }

    @Test(
        "are noticed in what they say of themselves, and in their keys",
        arguments: [
            (AnswerNotice.Kind.identity, FindingKind.contract, Severity.warning),
            (.shape, .contract, .warning), (.content, .contentChange, .info),
        ])
    func notices(kind: AnswerNotice.Kind, finding: FindingKind, severity: Severity) throws {
        let notice = AnswerNotice(
            key: Self.key, kind: kind, firstAt: start.advanced(by: -9),
            lastAt: start.advanced(by: -3), count: 7, detail: "what was seen")
        let evidence = watched { $0.notices = [notice] }
        let others = FindingKind.allCases.filter { $0 != finding }
        #expect(others.allSatisfy { found($0, evidence).isEmpty })
        let told = try #require(found(finding, evidence).first)
        #expect(told.id == "\(finding.rawValue)/t/shop/hero/A/1/\(kind.rawValue)")
        #expect(told.severity == severity)
        #expect(told.experience == "hero" && told.audience == "A")
        #expect(told.since == notice.firstAt && told.seenAt == notice.lastAt)
        #expect(told.why == "variation 1: what was seen")
    }

    @Test("without audience and variation have ids of their own")
    func nameless() {
        var key = Self.key
        key.audience = nil
        key.variation = nil
        let evidence = watched {
            $0.notices = [
                AnswerNotice(key: key, kind: .shape, firstAt: start, lastAt: start, detail: "d")
            ]
        }
        #expect(found(.contract, evidence).map(\.id) == ["contract/t/shop/hero/*/*/shape"])
        #expect(found(.contract, evidence).map(\.why) == ["variation –: d"])
    }
}
