import Model
import Rendering
import TestKit
import Testing

private let since = Instant(microseconds: 1_795_478_400_000_000)
private let span = Span(since: since, until: since.advanced(by: 86_400_000_000))
private let india = TimeFormat(zone: "Asia/Kolkata") { _ in (19_800, "IST") }

private func arm(_ variation: String, _ allocation: Double?, _ observed: Int, of n: Int) -> Arm {
    Arm(
        variation: variation, allocation: allocation, expected: allocation.map { $0 * Double(n) },
        observed: observed, share: Double(observed) / Double(n),
        low: Double(observed) / Double(n) - 0.02, high: Double(observed) / Double(n) + 0.02)
}

private let skewed = SplitRow(
    target: "production", plan: "shop", experience: "hero", audience: "7W",
    audienceName: "Phone | \"visitors\" <b>", population: .cohort, n: 30_240, missing: 3,
    arms: [arm("1", 0.5, 18_144, of: 30_240), arm("\"><script>", 0.5, 12_096, of: 30_240)],
    chiSquare: ChiSquare(statistic: 1_209.6, degreesOfFreedom: 1, p: 1.2e-264),
    sequential: SequentialTest(lnE: 590.25, lnEMax: 591, alpha: 0.0005, lnLimit: 7.6),
    missingBound: MissingBound(lnE: 588.5, isRobust: true), detectableDeviation: 0.0123,
    verdict: .mismatch, since: since,
    culprit: Culprit(
        segment: brazil, n: 2_016, arms: [arm("1", 0.5, 1_500, of: 2_016)],
        rest: [arm("1", 0.5, 14_000, of: 28_000)], explains: true),
    segments: [
        SegmentShare(
            segment: brazil, n: 2_016, arms: [arm("1", 0.5, 1_500, of: 2_016)], variation: "1",
            contrast: 0.244, z: 21.5, lnE: 230.75, isOff: true)
    ])

private let moved: SplitRow = {
    var row = skewed
    row.segment = brazil
    row.elsewhere = [arm("1", 0.5, 14_000, of: 28_000)]
    row.mix = SegmentMix(
        since: [arm("<b>3C", nil, 30, of: 100), arm("7W", nil, 70, of: 100)],
        before: [arm("<b>3C", nil, 0, of: 90), arm("7W", nil, 90, of: 90)], n: 100, nBefore: 90,
        lnE: 21.5, isMoved: true)
    return row
}()

private let open = SplitRow(
    target: "production", plan: "shop", experience: "promo", audience: "9Z", population: .cohort,
    n: 0, missing: 0, arms: [], verdict: .inconclusive, reason: .noCohort, since: since)

private func latency(_ segment: Segment, _ p95: Int64, slow: Bool = false) -> LatencyRow {
    LatencyRow(
        target: "production", plan: "shop", segment: segment, phase: .latency, n: 12_345,
        p50Us: 850, p90Us: 12_300, p95Us: p95, p99Us: 1_204_000, maxUs: 5_000_000,
        failures: ["http_503": 2, "reset": 7], restP50Us: slow ? 800 : nil,
        restP95Us: slow ? 20_000 : nil, isSlow: slow)
}

private let brazil = Segment([Coordinate(dimension: "geo", value: "BR")])

private let coverage = CoverageRow(
    target: "production", plan: "shop", segment: .everyone, contexts: 17_000, asked: 1_000,
    answered: 998, lastAt: since)

private let finding = Finding(
    id: "srm/production/shop/hero/7W", kind: .srm, target: "production", plan: "shop",
    experience: "hero", audience: "7W", since: since, seenAt: span.until,
    effect: Finding.Effect(name: "share", value: 10, low: 8, high: 12, unit: "pp"),
    evidence: Finding.Evidence(method: "chi-square p", value: 0.0001, alpha: 0.001),
    why: "60 / 40 of 50 / 50", advice: "look at the campaign")

private let distribution = DistributionRow(
    target: "production", plan: "shop", experience: "hero", audience: "7W", segment: brazil,
    population: .panel, unit: .probe, n: 100, arms: [arm("1", nil, 60, of: 100)])

private let drifted: DriftRow = {
    var row = DriftRow(
        target: "production", plan: "shop", experience: "hero", audience: "7W", segment: brazil,
        n: 100, arms: [arm("\"><script>", nil, 60, of: 100)], nBefore: 200,
        armsBefore: [arm("\"><script>", nil, 100, of: 200)],
        sizes: DriftRow.Sizes(
            totalVariation: 0.1, jensenShannon: 0.071, psi: 0.0405, cramersV: nil), lnE: 1.25,
        verdict: .same, appeared: [], vanished: ["3"], panelMoved: 4, panelSubjects: 69)
    row.compared = .ofWeek
    row.changes = [
        DriftRow.Change(
            at: since.advanced(by: 7_200_000_000), low: since.advanced(by: 3_600_000_000),
            high: since.advanced(by: 10_800_000_000), before: [0.5], after: [0.6])
    ]
    row.transition = .minimalMove
    row.contents = DriftRow.Contents(
        known: 2,
        appeared: [
            DriftRow.Content(
                variation: "<b>1", fingerprint: "00ff00ff00ff00ff", firstAt: since,
                lastAt: span.until)
        ],
        vanished: [
            DriftRow.Content(
                variation: "1", fingerprint: "ff00ff00ff00ff00", firstAt: since, lastAt: since)
        ], varying: ["3"])
    row.keys = [
        DriftRow.Keys(variation: "1", firstAt: since, words: "payload with <b>Image:string")
    ]
    return row
}()

private let reports: [ReportKind: Report] = [
    .summary: Report(
        kind: .summary, span: span, watermark: since,
        rows: .summary([
            Compared(
                SummaryRow(
                    target: "production", plan: "shop",
                    round: RoundStatus(
                        plan: "shop", target: "production", number: 412, startedAt: since,
                        probes: 100, position: 100, dropped: ["in_flight": 2], state: .complete),
                    coverage: coverage, splits: [skewed, open],
                    unplanned: [
                        UnplannedAudience(
                            experience: "hero", audience: "3C", audienceName: "Android IN", n: 41)
                    ], latency: latency(.everyone, 182_000),
                    slow: [latency(brazil, 99_700, slow: true)],
                    sending: latency(.everyone, 120), silentHours: 24))
        ]), findings: [finding]),
    .coverage: Report(
        kind: .coverage, span: span, watermark: nil, rows: .coverage([Compared(coverage)])),
    .distribution: Report(
        kind: .distribution, span: span, watermark: nil,
        rows: .distribution([Compared(distribution)])),
    .split: Report(
        kind: .split, span: span, baseline: Span(since: since, until: since), watermark: nil,
        rows: .split([Compared(skewed, before: skewed), Compared(open), Compared(moved)]),
        findings: [finding]),
    .drift: Report(
        kind: .drift, span: span, baseline: Span(since: since, until: since), watermark: nil,
        rows: .drift([
            Compared(drifted),
            Compared(
                DriftRow(
                    target: "production", plan: "shop", experience: "promo", audience: nil,
                    segment: .everyone, n: 0, arms: [], nBefore: 0, armsBefore: [], sizes: nil,
                    lnE: nil, verdict: .inconclusive, reason: "no_baseline", appeared: [],
                    vanished: [], panelMoved: 0, panelSubjects: 0)),
        ])),
    .stability: Report(
        kind: .stability, span: span, watermark: nil,
        rows: .stability([
            Compared(
                StabilityRow(
                    target: "production", plan: "shop", experience: "hero", audience: "7W",
                    audienceName: "Phone | \"visitors\" <b>", subjects: 200, flips: 7,
                    crossed: arm("crossed", nil, 4, of: 200), explained: 3,
                    flapping: [
                        StabilityRow.Flapping(
                            subject: "panel-<b>0007", flips: 4, firstAt: since, lastAt: span.until)
                    ]))
        ])),
    .targeting: Report(
        kind: .targeting, span: span, watermark: nil,
        rows: .targeting([
            Compared(
                TargetingRow(
                    target: "production", plan: "shop", experience: "hero", cells: 1_260, errors: 0,
                    conditions: 2,
                    clauses: [
                        TargetingRow.Clause(
                            answer: "7W<b>", when: "geo IN and device not desktop-chrome"),
                        TargetingRow.Clause(answer: "nothing", when: ""),
                    ], changes: ["7W → 9Z where geo IN (84 cells)"]))
        ])),
    .expectations: Report(
        kind: .expectations, span: span, watermark: nil,
        rows: .expectations([
            Compared(
                ExpectationRow(
                    target: "production", plan: "shop", experience: "hero",
                    expectation: "hero where geo BR: audience 7W<b>", verdict: .broken, cells: 84,
                    brokenCells: 1, answers: 4_200, brokenAnswers: 7, cover: brazil, since: since,
                    lastBrokenAt: since.advanced(by: 3_600_000_000),
                    instead: [ExpectationRow.Instead(got: "audience <b>", cells: 1)],
                    broken: [
                        ExpectationRow.Broken(
                            segment: brazil, since: since, got: "audience <b>",
                            seenAt: since.advanced(by: 3_600_000_000), answers: 50,
                            brokenAnswers: 7)
                    ])),
            Compared(
                ExpectationRow(
                    target: "production", plan: "shop", experience: "hero",
                    expectation: "hero: variation 2, Title \"Sale\"", verdict: .ok, cells: 84,
                    brokenCells: 0, answers: 4_200, brokenAnswers: 1, cover: nil, since: nil,
                    lastBrokenAt: since, instead: [], broken: [])),
            Compared(
                ExpectationRow(
                    target: "production", plan: "shop", experience: "hero",
                    expectation: "hero: served", verdict: .unasked, cells: 0, brokenCells: 0,
                    answers: 0, brokenAnswers: 0, cover: nil, since: nil, lastBrokenAt: nil,
                    instead: [], broken: [])),
        ])),
    .rollout: Report(
        kind: .rollout, span: span, watermark: nil,
        rows: .rollout([
            Compared(
                RolloutRow(
                    target: "production", plan: "shop", experience: "promo", audience: "42D",
                    variation: "2", state: .onPlan, stepAt: since, planned: 0.25,
                    arm: arm("2", 0.25, 130, of: 500), n: 500, nextAt: span.until, next: 1,
                    days: [
                        RolloutRow.Day(
                            start: since, planned: 0.25, arm: arm("2", 0.25, 130, of: 500), n: 500,
                            came: 41, dropped: 0)
                    ]))
        ])),
    .latency: Report(
        kind: .latency, span: span, watermark: nil,
        rows: .latency([
            Compared(latency(.everyone, 182_000)), Compared(latency(brazil, 99_700, slow: true)),
        ])),
]

@Suite("Reports")
struct ReportTests {
    @Test("are written in every format", arguments: ReportKind.allCases, ReportFormat.allCases)
    func golden(kind: ReportKind, format: ReportFormat) throws {
        let report = try #require(reports[kind])
        let names: [ReportFormat: String] = [
            .text: "txt", .json: "json", .markdown: "md", .html: "html",
        ]
        try expectGolden(
            render(report, as: format, time: india), "\(kind.rawValue).\(names[format] ?? "")")
    }

    @Test("let nothing that an API sent be taken for markup", arguments: ReportKind.allCases)
    func hostile(kind: ReportKind) throws {
        let report = try #require(reports[kind])
        for format in [ReportFormat.html, .markdown] {
            let text = render(report, as: format, time: india)
            #expect(!text.contains("<script") && !text.contains("<b>"))
        }
        #expect(!page([report], time: india).contains("<script"))
    }

    @Test("are coloured only if asked")
    func color() throws {
        let report = try #require(reports[.split])
        #expect(!render(report, as: .text, time: india).contains("\u{1B}"))
        #expect(render(report, as: .text, time: india, color: true).contains("\u{1B}[31m"))
    }
}
