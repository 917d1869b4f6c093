import Analysis
import Model
import Testing

private let hourUs = Instant.microsecondsPerHour
private let dayUs = Instant.microsecondsPerDay

private func span(_ from: Int64, _ to: Int64, hours unit: Int64 = hourUs) -> Span {
    Span(since: start.advanced(by: from * unit), until: start.advanced(by: to * unit))
}

private func cell(_ audience: String, _ variation: String) -> CellAnswer {
    CellAnswer(outcome: .served, audience: audience, variation: variation)
}

private func flip(
    _ subject: Int, _ before: CellAnswer, _ after: CellAnswer
) -> CellChange {
    CellChange(
        experience: "hero", context: Context(geo: "IN"), subject: "p\(subject)", before: before,
        after: after, at: start.advanced(by: 5), formerSince: start)
}

@Suite("Hours that are alike")
struct LikeHoursTests {
    @Test(
        "are those of the week where the baseline has them, else of the day, else all",
        arguments: [
            // A day against the week before, and against four of them.
            (span(0, 24), span(-168, 0), DriftRow.Hours.ofWeek, [span(-168, -144)]),
            (
                span(0, 24), span(-504, 0), .ofWeek,
                [span(-168, -144), span(-336, -312), span(-504, -480)]
            ),
            (span(0, 168), span(-168, 0), .ofWeek, [span(-168, 0)]),
            (span(0, 240), span(-336, 0), .ofWeek, [span(-336, -96)]),
            (span(0, 24), span(-48, 0), .ofDay, [span(-24, 0), span(-48, -24)]),
            (span(3, 5), span(-24, 0), .ofDay, [span(-21, -19)]),
            (span(0, 24), span(-12, 0), .all, [span(-12, 0)]),
            // A baseline that is after the span.
            (span(0, 24), span(168, 336), .ofWeek, [span(168, 192)]),
        ])
    func parts(present: Span, baseline: Span, kind: DriftRow.Hours, spans: [Span]) {
        let like = LikeHours(of: present, in: baseline)
        #expect(like.kind == kind && like.spans == spans)
    }
}

@Suite("Drift report")
struct DriftReportTests {
    private static func counts(_ audiences: [String: Int]) -> [CountKey: Int] {
        Dictionary(
            uniqueKeysWithValues: audiences.map { audience, count in
                (
                    CountKey(
                        experience: "hero", population: .cohort, outcome: .served,
                        audience: audience, variation: "1"), count
                )
            })
    }

    private static func rows(
        _ evidence: PlanEvidence, before: PlanEvidence?, over span: Span
    ) -> [DriftRow] {
        let report = report(
            .drift, over: span, evidence: [evidence],
            baseline: before.map { Baseline(span: span, evidence: [$0]) }, watermark: nil)
        guard case .drift(let rows) = report.rows else { return [] }
        return rows.map(\.row)
    }

    @Test("dates a change of the hourly shares, and leaves out what the week before shows as well")
    func changePoints() throws {
        var evidence = PlanEvidence(target: "t", plan: plan(), tallies: [:])
        for hour in Int64(-168)..<96 {
            let clock = (hour % 24 + 24) % 24
            let noise = Int((hour * 7_919) % 11)
            let evening = (18..<23).contains(clock) ? 150 : 0
            let moved = hour >= 60 ? 60 : 0
            let number = start.advanced(by: hour * hourUs).microseconds / hourUs
            evidence.hours[number] = Self.counts([
                "A": 300 - evening - moved + noise, "E": evening, "B": 100 - noise, "C": moved,
            ])
        }
        let seen = Self.counts(["A": 5, "E": 5, "B": 5, "C": 5])
        evidence.tallies[.everyone] = Tally()
        evidence.tallies[.everyone]?.counts = seen
        let rows = Self.rows(evidence, before: nil, over: span(0, 96))
        let mix = try #require(rows.first { $0.audience == nil })
        let begun = start.advanced(by: 60 * hourUs)
        #expect(mix.changes.count == 1)
        let change = try #require(mix.changes.first)
        #expect(change.at == begun && change.low <= begun && begun <= change.high)
        #expect(change.low.distance(to: change.high) <= 3 * hourUs)
        #expect(mix.compared == nil && mix.reason == "no_baseline")
    }

    @Test("says how the panel got from one split to the other")
    func transition() throws {
        var evidence = PlanEvidence(target: "t", plan: plan(), tallies: [:])
        evidence.tallies[.everyone] = tally([result()])
        func map(_ variations: [String]) -> [TargetingCell] {
            variations.enumerated().map { place, variation in
                TargetingCell(
                    experience: "hero", context: Context(geo: "IN"), subject: "p\(place)",
                    outcome: .served, audience: "A", variation: variation, since: start)
            }
        }
        // 50/50 → 60/40, ten of a hundred move.
        evidence.map = map((0..<100).map { $0 < 60 ? "1" : "2" })
        evidence.flips = (50..<60).map { flip($0, cell("A", "2"), cell("A", "1")) }
        func kind() -> DriftRow.Transition? {
            Self.rows(evidence, before: nil, over: span(0, 24)).first { $0.audience == "A" }?
                .transition
        }
        #expect(kind() == .minimalMove)
        let minimal = try #require(found(.targetingChange, evidence, after: 2 * dayUs).first)
        #expect(minimal.why.contains("minimal move"))
        // Drawn anew: every second one of each.
        evidence.flips = (0..<100).filter { $0 % 2 == 0 }.map {
            flip($0, cell("A", $0 < 60 ? "2" : "1"), cell("A", $0 < 60 ? "1" : "2"))
        }
        #expect(kind() == .reshuffle)
        #expect(
            found(.targetingChange, evidence, after: 2 * dayUs).first?.why.contains("reshuffle")
                == true)
        // Before every cell was asked once more, it is not said.
        #expect(
            found(.targetingChange, evidence, after: 10).first?.why.contains("reshuffle") == false)
    }

    @Test("lists payloads that are new and gone, and keys that changed")
    func payloads() throws {
        func content(_ variation: String, _ fingerprint: String, _ at: Int64) -> ServedContent {
            ServedContent(
                experience: "hero", audience: "A", variation: variation, fingerprint: fingerprint,
                firstAt: start.advanced(by: at), lastAt: start.advanced(by: at + 1))
        }
        var evidence = PlanEvidence(target: "t", plan: plan(), tallies: [:])
        evidence.tallies[.everyone] = tally([result()])
        var before = evidence
        before.compared = .ofWeek
        before.contents =
            [content("1", "aa", -9), content("2", "bb", -8)]
            + (0..<30).map { content("3", "c\($0)", -7) }
        evidence.contents =
            [content("1", "aa", 1), content("2", "dd", 2)]
            + (0..<30).map { content("3", "e\($0)", 3) }
        evidence.watch.notices = [
            AnswerNotice(
                key: AnswerKey(
                    target: "t", plan: "shop", experience: "hero", audience: "A", variation: "2"),
                kind: .shape, firstAt: start, lastAt: start, detail: "payload with X:string")
        ]
        let row = try #require(
            Self.rows(evidence, before: before, over: span(0, 24)).first { $0.audience == "A" })
        let contents = try #require(row.contents)
        #expect(contents.known == 2 && contents.varying == ["3"])
        #expect(contents.appeared.map(\.fingerprint) == ["dd"])
        #expect(contents.appeared.map(\.firstAt) == [start.advanced(by: 2)])
        #expect(contents.vanished.map(\.fingerprint) == ["bb"])
        #expect(row.keys.map(\.words) == ["payload with X:string"])
        #expect(row.compared == .ofWeek)
    }
}

@Suite("Segments before and since")
struct SegmentMixTests {
    @Test("show that users moved to another audience whose split is perfect")
    func moved() throws {
        func evidence(_ audience: String) -> PlanEvidence {
            let results = (0..<600).flatMap { place in
                ["IN", "US"].map { geo in
                    result(
                        geo: geo, variation: place % 2 == 0 ? "1" : "2",
                        audience: geo == "IN" && place % 3 == 0 ? audience : "A")
                }
            }
            let tallies = rolled(results)
            var evidence = PlanEvidence(target: "t", plan: plan(), tallies: tallies)
            evidence.epochs["hero"] = EpochEvidence(
                since: start, tally: tallies[.everyone] ?? Tally())
            return evidence
        }
        let report = report(
            .split, over: span(0, 24), evidence: [evidence("3C")],
            baseline: Baseline(span: span(-24, 0), evidence: [evidence("A")]), watermark: nil,
            by: ["geo"])
        guard case .split(let rows) = report.rows else { return }
        let india = Segment([Coordinate(dimension: "geo", value: "IN")])
        for row in rows.map(\.row) {
            let mix = try #require(row.mix)
            #expect(mix.isMoved == (row.segment == india))
            #expect(mix.n == 600 && mix.nBefore == 600)
            #expect(row.arms.map(\.share) == [0.5, 0.5])
        }
        let mix = try #require(rows.first { $0.row.segment == india }?.row.mix)
        #expect(mix.since.map(\.variation) == ["3C", "A"])
        #expect(mix.since.map(\.observed) == [200, 400])
        #expect(mix.before.map(\.observed) == [0, 600])
        #expect(mix.since.allSatisfy { $0.low < $0.share && $0.share < $0.high })
    }
}
