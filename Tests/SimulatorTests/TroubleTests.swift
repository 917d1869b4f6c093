import Model
import Simulator
import TestKit
import Testing

private let hour = Instant.microsecondsPerHour
private let phoneInIndia =
    #","USER_AGENT":"Mozilla/5.0 (Linux; Android 10; K) Mobile","USER_IP_ADDRESS":"103.21.58.7""#
private let users = (0..<2_000).map { "u-\($0)" }

/// What users are served, in their order.
private func served(
    _ world: World, body: String = "", after us: Int64 = 0, attempt: Int = 0
) -> [Served?] {
    let now = monday.advanced(by: us)
    return users.map {
        fetch(world, user: $0, body: body, now: now, attempt: attempt).served.first
    }
}

private func even(ramp: [RampStep] = []) -> Audience {
    Audience(id: "A", name: "All", allocation: [Share("1", 50), Share("2", 50)], ramp: ramp)
}

private func count(_ differing: [Served?], from others: [Served?]) -> Int {
    zip(differing, others).count { $0 != $1 }
}

@Suite("Edits of a world")
struct EditTests {
    private let phones = Rule(devices: ["Mobile"], platforms: ["android"], places: ["IN"])

    @Test("of an allocation move those in what is reallocated, where it is for, while it holds")
    func someAlone() {
        let skewed = [Share("1", 56), Share("2", 44)]
        let world = world(
            audiences: [even()],
            changes: [
                Change(
                    at: monday.advanced(by: hour), experience: "hero", when: phones,
                    allocation: skewed),
                Change(
                    at: monday.advanced(by: 2 * hour), experience: "hero", audience: "A",
                    when: phones, allocation: even().allocation),
            ])
        let before = served(world, body: phoneInIndia)
        let during = served(world, body: phoneInIndia, after: hour)
        // Five standard deviations around 120 of 2,000.
        #expect((67...173).contains(count(during, from: before)))
        let moved = zip(before, during).filter { $0.0 != $0.1 }
        #expect(moved.allSatisfy { $0.0?.variation == "2" && $0.1?.variation == "1" })
        #expect(served(world, after: hour) == served(world))
        #expect(served(world, body: phoneInIndia, after: 2 * hour) == before)
    }

    @Test("for everybody end what was for some alone")
    func everybody() {
        let all = [Share("1", 100)]
        let world = world(
            audiences: [even()],
            changes: [
                Change(
                    at: monday.advanced(by: 1), experience: "hero", when: phones,
                    allocation: [Share("2", 100)]),
                Change(at: monday.advanced(by: 2), experience: "hero", allocation: all),
            ])
        #expect(served(world, body: phoneInIndia, after: 1).allSatisfy { $0?.variation == "2" })
        #expect(served(world, body: phoneInIndia, after: 2).allSatisfy { $0?.variation == "1" })
    }

    @Test("add an audience before all others, and take it away")
    func addition() {
        let added = Audience(id: "3C", name: "Android", when: phones, allocation: [Share("2", 100)])
        let world = world(
            audiences: [even()],
            changes: [
                Change(at: monday.advanced(by: hour), experience: "hero", adds: added),
                Change(at: monday.advanced(by: 2 * hour), experience: "hero", removes: "3C"),
            ])
        let during = served(world, body: phoneInIndia, after: hour)
        #expect(during.allSatisfy { $0?.audience == "3C" && $0?.audienceName == "Android" })
        #expect(served(world, after: hour) == served(world))
        #expect(served(world, body: phoneInIndia, after: 2 * hour) == served(world))
    }

    @Test("draw the places of users anew, in a split and in a ramp")
    func reshuffling() {
        let world = world(
            audiences: [
                even(ramp: [
                    RampStep(at: monday, percent: 20),
                    RampStep(at: monday.advanced(by: 2 * hour), percent: 25, reshuffles: true),
                ])
            ],
            changes: [
                Change(at: monday.advanced(by: hour), experience: "hero", reshuffles: true)
            ])
        func included(_ answers: [Served?]) -> [Bool] { answers.map { $0?.variation != nil } }
        let (first, second) = (served(world), served(world, after: hour))
        #expect(included(first) == included(second))
        // Half of the 400 that are included.
        #expect((150...250).contains(count(first, from: second)))
        let third = served(world, after: 2 * hour)
        let left = zip(included(second), included(third)).count { $0 && !$1 }
        // 75 of 100 among 400.
        #expect((257...343).contains(left))
    }
}

@Suite("Troubles of a world")
struct TroubleTests {
    @Test("serve a share of answers to a share of users by chance, for a time")
    func flapping() {
        var world = world(audiences: [even()])
        world.experiences[0].instabilities = [
            Instability(period: Period(from: monday), share: 0.5, userShare: 0.2)
        ]
        let steady = served(world, after: -1)
        let first = served(world)
        #expect(first == served(world))
        #expect(first != served(world, attempt: 1))
        // 2,000 · 0.2 · 0.5 · ½ are another one.
        #expect((55...145).contains(count(first, from: steady)))
        var everFlapped = [Bool](repeating: false, count: users.count)
        for attempt in 0..<10 {
            for (place, answer) in served(world, attempt: attempt).enumerated()
            where answer != steady[place] {
                everFlapped[place] = true
            }
        }
        #expect((290...460).contains(everFlapped.count { $0 }))
    }

    @Test("hit the answers that would serve a variation alone")
    func byVariation() {
        let broken = world(
            audiences: [even()],
            faults: [FaultRule(.serverError, share: 0.4, serving: ["hero": "2"])])
        let sound = served(world(audiences: [even()]))
        let hit = zip(users, sound).filter { fetch(broken, user: $0.0).fault != nil }
        #expect(hit.allSatisfy { $0.1?.variation == "2" })
        #expect((290...510).contains(hit.count))
    }

    static let platforms: [(String, String)] = [
        ("Mozilla/5.0 (Linux; Android 10; K) Mobile", "android"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710)", "android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Mobile/15E148", "ios"),
        ("Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X)", "ios"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "other"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "other"),
    ]

    @Test("are for a platform that the user agent tells", arguments: platforms)
    func platform(userAgent: String, platform: String) {
        #expect(platformName(userAgent) == platform)
        let when = Rule(platforms: [platform])
        let world = world(audiences: [
            Audience(id: "A", name: "A", when: when, allocation: [Share("1", 100)])
        ])
        #expect(
            fetch(world, body: #","USER_AGENT":"\#(userAgent)""#).served.first?.variation == "1")
        #expect(fetch(world).served.first?.variation == nil)
    }

    @Test("slow answers down for some, for a time, or at hours of the clock")
    func slowness() {
        var world = world(latency: [
            LatencyRule(
                period: Period(until: monday.advanced(by: 12 * hour)), medianMilliseconds: 10),
            LatencyRule(medianMilliseconds: 20),
        ])
        world.slowdowns = [
            Slowdown(
                when: Rule(places: ["IN"]), period: Period(from: monday.advanced(by: hour)),
                factor: 3),
            Slowdown(clockHours: [2], factor: 2),
        ]
        func delay(_ body: String, _ hours: Int64) -> Double {
            fetch(world, body: body, now: monday.advanced(by: hours * hour)).delayMilliseconds
        }
        func times(_ body: String, _ hours: Int64) -> Double {
            (delay(body, hours) / delay(body, 0) * 1_000).rounded() / 1_000
        }
        #expect(monday.hour == 0)
        #expect([1, 2, 3, 12].map { times("", $0) } == [1, 2, 1, 2])
        #expect([1, 2, 3, 12].map { times(phoneInIndia, $0) } == [3, 6, 3, 6])
    }

    @Test("take another time when the same is asked again")
    func fresh() {
        let world = world(latency: [LatencyRule(medianMilliseconds: 10)])
        let delays = (0..<20).map { fetch(world, attempt: $0).delayMilliseconds }
        #expect(Set(delays).count == 20)
        #expect(delays == (0..<20).map { fetch(world, attempt: $0).delayMilliseconds })
    }

    @Test("are told in process as they are over the wire")
    func telling() {
        let world = world(
            control: 10, faults: FaultRule.Kind.allCases.map { FaultRule($0, share: 0.04) },
            latency: [LatencyRule(medianMilliseconds: 10)])
        var question = Question()
        question.keys = ["hero"]
        question.day = .saturday
        for user in users.prefix(300) {
            question.user = user
            let told = Answerer(world: world, seed: 1).tell(question, now: monday, attempt: 2)
            let sent = fetch(
                world, user: user, body: #","DAY_OF_THE_WEEK":"Saturday""#, attempt: 2)
            #expect(told.served == sent.served && told.fault == sent.fault)
            #expect(told.status == sent.status && told.delivery == sent.delivery)
            #expect(told.delayMilliseconds == sent.delayMilliseconds)
        }
    }
}
