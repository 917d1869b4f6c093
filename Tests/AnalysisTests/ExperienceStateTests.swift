import Analysis
import Model
import Testing

@Suite("States of experiences")
struct ExperienceStateTests {
    static func hours(_ hours: Double) -> Instant {
        start.advanced(by: Int64(hours * Double(Instant.microsecondsPerHour)))
    }

    /// `hero` as a plan saw it and as metadata lists it; times are hours after the start.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var answered = 10.0
        var served: Double?
        /// Its status and since when; nil: metadata does not know it.
        var listed: (status: String?, since: Double)?
        /// When the last whole round began.
        var round: Double? = 8
        var matrix = MatrixDefinition()
        /// Nil: nothing is wrong.
        var found: FindingKind?
        var why = ""

        var evidence: PlanEvidence {
            var plan = plan()
            plan.matrix = matrix
            var evidence = watched(plan) { watch in
                watch.sightings = [
                    ExperienceSighting(
                        plan: "shop", target: "t", experience: "hero", answeredAt: hours(answered),
                        servedAt: served.map(hours))
                ]
                watch.listed =
                    listed.map { status, since in
                        [
                            ExperienceStatus(
                                target: "t", key: "hero", name: nil, status: status,
                                since: hours(since), seenAt: hours(since))
                        ]
                    } ?? []
            }
            evidence.wholeRound = round.map {
                RoundStatus(
                    plan: "shop", target: "t", number: 3, startedAt: hours($0), probes: 1,
                    position: 1, state: .complete)
            }
            return evidence
        }
    }

    static let served = [
        Case(testDescription: "active and served", served: 9, listed: ("Active", 0)),
        Case(testDescription: "served, and unknown to metadata", served: 9),
        Case(
            testDescription: "served for minutes after it was paused", served: 9.1,
            listed: ("Paused", 9)),
        Case(
            testDescription: "paused, and served long after", served: 9.2, listed: ("Paused", 9),
            found: .contract, why: "hero is served, though metadata says Paused"),
        Case(
            testDescription: "scheduled, and served already", served: 9, listed: ("Scheduled", 1),
            found: .contract, why: "hero is served, though metadata says Scheduled"),
        Case(
            testDescription: "listed no more, and served", served: 9, listed: (nil, 1),
            found: .contract, why: "hero is served, though metadata says it is gone"),
    ]

    static let never = [
        Case(
            testDescription: "active and never served", listed: ("Active", 0),
            found: .configuration, why: "hero is active and was never served in a whole round"),
        Case(
            testDescription: "active, and no round was whole", listed: ("Active", 0), round: nil),
        Case(testDescription: "paused and never served", listed: ("Paused", 0)),
        Case(testDescription: "unknown and never served"),
    ]

    private static let until =
        "hero was served until 2026-11-24T05:00:00.000000Z and no longer is; "

    static let dark = [
        Case(
            testDescription: "active and dark", served: 5, listed: ("Active", 0), found: .dark,
            why: until + "metadata says Active"),
        Case(
            testDescription: "dark as it was paused", served: 5, listed: ("Paused", 6),
            found: .dark, why: until + "metadata says Paused"),
        Case(
            testDescription: "dark as it is gone", served: 5, listed: (nil, 5), found: .dark,
            why: until + "metadata says it is gone"),
        Case(
            testDescription: "dark, and unknown to metadata", served: 5, found: .dark,
            why: until + "metadata is unknown"),
        Case(testDescription: "served in the last whole round", served: 8),
        Case(testDescription: "no round was whole since", served: 5, round: nil),
        Case(testDescription: "nothing was answered since", answered: 5, served: 5),
        Case(testDescription: "nothing was answered in the whole round", answered: 7, served: 5),
    ]

    private static func darkness(
        _ name: String, _ matrix: MatrixDefinition, _ answered: Double, isDark: Bool
    ) -> Case {
        Case(
            testDescription: name, answered: answered, served: 5, round: 6, matrix: matrix,
            found: isDark ? .dark : nil, why: isDark ? until + "metadata is unknown" : "")
    }

    /// A matrix that asks the present hour or day must have come round.
    static let now = [
        darkness("a day of hours", MatrixDefinition(hours: .now), 29, isDark: false),
        darkness("more than a day of hours", MatrixDefinition(hours: .now), 30, isDark: true),
        darkness("a week of days", MatrixDefinition(days: .now), 5 + 7 * 24, isDark: false),
        darkness("more than a week", MatrixDefinition(days: .now), 5 + 8 * 24, isDark: true),
        darkness("days and hours", MatrixDefinition(days: .now, hours: .now), 60, isDark: false),
        darkness(
            "every hour", MatrixDefinition(days: .days([.monday]), hours: .hours([9])), 6.1,
            isDark: true),
    ]

    @Test("tell what is served against what metadata says", arguments: served + never + dark + now)
    func states(_ example: Case) {
        let kinds: [FindingKind] = [.contract, .configuration, .dark]
        let findings = kinds.flatMap { found($0, example.evidence) }
        #expect(findings.map(\.kind) == [example.found].compactMap { $0 })
        #expect(findings.map(\.why) == (example.found == nil ? [] : [example.why]))
        guard let finding = findings.first else { return }
        #expect(finding.id == "\(finding.kind.rawValue)/t/shop/hero/*")
        #expect(finding.severity == (finding.kind == .dark ? .critical : .warning))
        let since = finding.kind == .dark ? example.served : example.listed?.since
        #expect(finding.since == (finding.kind == .configuration ? nil : since.map(Self.hours)))
    }

    @Test(
        "tell of an active key that nobody watches, on one plan of its target",
        arguments: [
            (true, ["hero"], "Active", ["configuration/t/shop/promo/unwatched"]),
            (true, ["hero"], "Paused", []), (true, ["hero"], nil, []),
            (true, ["hero", "promo"], "Active", []), (true, nil, "Active", []),
            (false, ["hero"], "Active", []),
        ] as [(Bool, Set<String>?, String?, [String])])
    func unwatched(isLead: Bool, keys: Set<String>?, status: String?, ids: [String]) {
        let evidence = watched { watch in
            watch.isLead = isLead
            watch.watchedKeys = keys
            watch.listed = [("hero", "Active"), ("promo", status)].map {
                ExperienceStatus(
                    target: "t", key: $0.0, name: nil, status: $0.1, since: start, seenAt: start)
            }
        }
        let findings = found(.configuration, evidence)
        #expect(findings.map(\.id) == ids)
        #expect(findings.allSatisfy { $0.why == "promo is active and no plan watches it" })
    }
}
