import Foundation
import Model
import Simulator
import TestKit
import Testing

let monday = Instant(microseconds: 1_795_392_000_000_000)

func world(
    audiences: [Audience] = [
        Audience(id: "A", name: "All", allocation: [Share("1", 60), Share("2", 40)])
    ],
    control: Double = 0, tells: Bool = false, status: String = "Active",
    faults: [FaultRule] = [], changes: [Change] = [], latency: [LatencyRule] = [],
    rateLimit: RateLimit? = nil
) -> World {
    World(
        workspaceID: "WS1", apiKey: "secret", places: ["IN": ["103.21.58."]],
        experiences: [
            ServedExperience(
                key: "hero", name: "Hero", status: status, controlPercent: control,
                tellsFailures: tells, audiences: audiences)
        ], latency: latency, faults: faults, changes: changes, rateLimit: rateLimit)
}

let credentials = [
    "moe-appkey": "WS1",
    "authorization": "Basic " + Data("WS1:secret".utf8).base64EncodedString(),
]

func fetch(
    _ world: World, user: String = "u-1", body extra: String = "", now: Instant = monday,
    attempt: Int = 0, host: String? = nil
) -> Answer {
    let body =
        #"{"identifiers":{"customer_id":"\#(user)"},"experience_key":["hero"]\#(extra)}"#
    var headers = credentials
    headers["host"] = host
    return Answerer(world: world, seed: 1).answer(
        Request(method: "POST", path: Answerer.fetchPath, headers: headers, body: Array(body.utf8)),
        now: now, attempt: attempt)
}

/// The members of an answer's body.
func members(_ answer: Answer) throws -> [String: Any] {
    try #require(
        try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
}

@Suite("Answers")
struct AnswererTests {
    static let refusals: [(Request, Int)] = [
        (Request(method: "POST", path: Answerer.fetchPath, headers: [:]), 400),
        (Request(method: "POST", path: Answerer.fetchPath, headers: ["moe-appkey": "WS2"]), 400),
        (Request(method: "POST", path: Answerer.fetchPath, headers: ["moe-appkey": "WS1"]), 401),
        (Request(method: "GET", path: Answerer.fetchPath, headers: credentials), 405),
        (Request(method: "POST", path: "/v1/experiences/events", headers: credentials), 404),
        (Request(method: "POST", path: Answerer.fetchPath, headers: credentials, body: [1]), 400),
    ]

    @Test("refuse what the contract refuses", arguments: 0..<6)
    func refuses(_ index: Int) {
        let (request, status) = Self.refusals[index]
        let answer = Answerer(world: world(), seed: 1).answer(request, now: monday, attempt: 0)
        #expect(answer.status == status)
        #expect(String(decoding: answer.body, as: UTF8.self).contains(#""title":"#))
    }

    @Test(
        "refuse days and hours in another case or form",
        arguments: [
            #""DAY_OF_THE_WEEK":"monday""#, #""TIME_OF_THE_DAY":"7""#, #""TIME_OF_THE_DAY":"24""#,
            #""TIME_OF_THE_DAY":"+7""#, #""TIME_OF_THE_DAY":"-0""#,
        ])
    func enums(member: String) {
        #expect(fetch(world(), body: "," + member).status == 400)
    }

    @Test("serve a payload with its context, ids as strings and consistent")
    func shape() throws {
        let answer = fetch(world())
        let hero = (try members(answer)["experiences"] as? [String: Any])?["hero"] as? [String: Any]
        let context = try #require(hero?["experience_context"] as? [String: String])
        let variation = try #require(answer.served.first?.variation)
        #expect(context["moe_variation_id"] == variation && context["audience_id"] == "A")
        #expect(context["cid"]?.hasSuffix("_AB_\(variation)_P_0_AU_A") == true)
        #expect((hero?["payload"] as? [String: Any])?.isEmpty == false)
    }

    @Test("split users by a hash of their id, the same each time")
    func split() {
        let world = world()
        let variations = (0..<4_000).map { fetch(world, user: "u-\($0)").served.first?.variation }
        let first = variations.count { $0 == "1" }
        // Five standard deviations around 2,400.
        #expect((2_245...2_555).contains(first))
        #expect(
            variations == (0..<4_000).map { fetch(world, user: "u-\($0)").served.first?.variation })
    }

    static let contexts: [(Rule, String, Bool)] = [
        (Rule(days: [.saturday]), #","DAY_OF_THE_WEEK":"Saturday""#, true),
        (Rule(days: [.saturday]), #","DAY_OF_THE_WEEK":"Sunday""#, false),
        (Rule(days: [.saturday]), "", false),
        (Rule(hours: [18, 19]), #","TIME_OF_THE_DAY":"19""#, true),
        (Rule(devices: ["Mobile"]), #","USER_AGENT":"Mozilla (iPhone; CPU)""#, true),
        (Rule(devices: ["Tablet"]), #","USER_AGENT":"Mozilla (Linux; Android 14)""#, true),
        (Rule(devices: ["Mobile"]), #","USER_AGENT":"Mozilla (X11; Linux)""#, false),
        (Rule(places: ["IN"]), #","USER_IP_ADDRESS":"103.21.58.7""#, true),
        (Rule(places: ["IN"]), #","USER_IP_ADDRESS":"8.8.8.8""#, false),
        (Rule(attributes: ["utm": ["email"]]), #","utm":"email""#, true),
        (Rule(attributes: ["utm": ["email"]]), #","utm":"ads""#, false),
        (Rule(users: ["u-1"]), "", true),
        (Rule(userPrefix: "known-"), "", false),
    ]

    @Test("serve those whom the rules mean", arguments: 0..<13)
    func rules(_ index: Int) {
        let (rule, member, isMet) = Self.contexts[index]
        let audience = Audience(id: "A", name: "A", when: rule, allocation: [Share("1", 100)])
        let answer = fetch(world(audiences: [audience]), body: member)
        #expect((answer.served.first?.variation != nil) == isMet)
        #expect(answer.status == 200)
    }

    @Test("hold out a control group, and tell it where the world says so")
    func control() {
        let held = (0..<2_000).count {
            fetch(world(control: 10), user: "u-\($0)").served.first?.variation == nil
        }
        #expect((133...267).contains(held))
        let told = fetch(world(control: 100, tells: true))
        #expect(
            String(decoding: told.body, as: UTF8.self).contains("USER_IN_CAMPAIGN_CONTROL_GROUP"))
    }

    @Test("widen a ramp without anybody leaving, and change at set times")
    func timeline() {
        let later = monday.advanced(by: 3_600_000_000)
        let ramp = [RampStep(at: monday, percent: 20), RampStep(at: later, percent: 60)]
        let audience = Audience(id: "A", name: "A", allocation: [Share("1", 100)], ramp: ramp)
        func included(_ now: Instant) -> Set<Int> {
            Set(
                (0..<500).filter {
                    fetch(world(audiences: [audience]), user: "u-\($0)", now: now).served.first?
                        .variation != nil
                })
        }
        #expect(included(monday.advanced(by: -1)).isEmpty)
        #expect(included(monday).isSubset(of: included(later)))
        #expect(included(monday).count < included(later).count)
        let paused = world(changes: [Change(at: later, experience: "hero", status: "Paused")])
        #expect(fetch(paused).served.first?.variation != nil)
        #expect(fetch(paused, now: later).served.first?.variation == nil)
        let metadata = Answerer(world: paused, seed: 1).answer(
            Request(
                method: "GET", path: Answerer.metadataPath + "?status=Active", headers: credentials),
            now: later, attempt: 0)
        #expect(String(decoding: metadata.body, as: UTF8.self).contains(#""count":0"#))
    }

    @Test("break in the shares that the world says, anew at each attempt")
    func faults() {
        let broken = world(
            faults: FaultRule.Kind.allCases.map { FaultRule($0, share: 0.05) })
        let kinds = (0..<2_000).map { fetch(broken, user: "u-\($0)").fault }
        for kind in FaultRule.Kind.allCases {
            #expect((50...155).contains(kinds.count { $0 == kind }), "\(kind)")
        }
        let attempts = (0..<50).map { fetch(broken, attempt: $0).fault != nil }
        #expect(attempts.contains(true) && attempts.contains(false))
        #expect(attempts == (0..<50).map { fetch(broken, attempt: $0).fault != nil })
    }

    @Test("say when to come back after a rate limit", arguments: [(nil, "1"), (30, "30")])
    func retryAfter(seconds: Int?, value: String) {
        let limited = world(faults: [FaultRule(.rateLimit, share: 1, retryAfterSeconds: seconds)])
        let told = (0..<50).compactMap { user in
            fetch(limited, user: "u-\(user)").headers.first { $0.name == "Retry-After" }?.value
        }
        #expect(Set(told) == [value])
        // The others say only that they are limited.
        #expect((5...45).contains(told.count))
    }

    static let elsewhere: [(String?, String)] = [
        ("127.0.0.1:8080", "//localhost:8080/elsewhere"),
        ("localhost:8080", "//127.0.0.1:8080/elsewhere"),
        ("simulator", "//localhost/elsewhere"),
        (nil, "//localhost/elsewhere"),
    ]

    @Test("redirect to this server under another name", arguments: elsewhere)
    func redirects(host: String?, location: String) {
        let answer = fetch(world(faults: [FaultRule(.redirect, share: 1)]), host: host)
        #expect(answer.status == 302 && answer.body.isEmpty && answer.served.isEmpty)
        #expect(answer.headers.map { "\($0.name): \($0.value)" } == ["Location: \(location)"])
    }

    static let misnamed: [([Share], String)] = [
        ([Share("1", 0), Share("2", 100)], "_AB_1_P_0_AU_A"),
        ([Share("2", 100)], "_AB_20_P_0_AU_A"),
    ]

    @Test("name another variation in the campaign's id, and keep the truth", arguments: misnamed)
    func wrongID(allocation: [Share], suffix: String) throws {
        let audience = Audience(id: "A", name: "A", allocation: allocation)
        let faults = [FaultRule(.wrongID, share: 1)]
        let answer = fetch(world(audiences: [audience], faults: faults))
        let experiences = try members(answer)["experiences"] as? [String: [String: Any]]
        let context = try #require(experiences?["hero"]?["experience_context"] as? [String: String])
        #expect(answer.fault == .wrongID && answer.served.map(\.variation) == ["2"])
        #expect(context["moe_variation_id"] == "2" && context["cid"]?.hasSuffix(suffix) == true)
        let unmatched = fetch(world(audiences: [], faults: faults))
        #expect(unmatched.fault == nil && unmatched.served.map(\.variation) == [nil])
    }

    @Test("take the time that the first rule says")
    func latency() {
        let slow = [
            LatencyRule(when: Rule(places: ["IN"]), medianMilliseconds: 100, sigma: 0.2),
            LatencyRule(medianMilliseconds: 10, sigma: 0.2),
        ]
        func median(_ member: String) -> Double {
            let delays = (0..<201).map {
                fetch(world(latency: slow), user: "u-\($0)", body: member).delayMilliseconds
            }
            return delays.sorted()[100]
        }
        #expect((90...110).contains(median(#","USER_IP_ADDRESS":"103.21.58.7""#)))
        #expect((9...11).contains(median("")))
    }
}

@Suite("World files")
struct WorldTests {
    @Test("of the examples are sound", arguments: ["storefront", "troubled", "monday"])
    func examples(name: String) throws {
        let path = checkout.appending(path: "examples/worlds/\(name).json")
        let world = try World(text: try String(contentsOf: path, encoding: .utf8), file: name)
        #expect(world.experiences.map(\.key) == ["hero", "promo-strip", "weekend"])
    }

    @Test("say how often one may ask, and how long to wait")
    func limits() throws {
        let text = """
            {"workspace_id":"w","api_key":"k","experiences":[],
             "rate_limit":{"per_second":5,"retry_after_s":3},
             "faults":[{"kind":"rate_limit","share":1,"retry_after_s":9},
                       {"kind":"rate_limit","share":0}]}
            """
        let world = try World(text: text, file: "w.json")
        #expect(world.rateLimit == RateLimit(perSecond: 5, retryAfterSeconds: 3))
        #expect(world.faults.map(\.retryAfterSeconds) == [9, nil])
    }

    @Test("say what is wrong for some, or for a time")
    func troubles() throws {
        let path = checkout.appending(path: "examples/worlds/monday.json")
        let world = try World(text: try String(contentsOf: path, encoding: .utf8), file: "monday")
        let promo = world.experiences[1]
        #expect(promo.audiences[0].ramp.map(\.reshuffles) == [false, true])
        #expect(promo.instabilities.map(\.userShare) == [0.1])
        #expect(world.latency.map { $0.period.until != nil } == [true, false])
        #expect(world.slowdowns.map(\.clockHours.count) == [7, 0])
        #expect(world.faults.map(\.serving) == [["hero": "2"]])
        #expect(world.changes.map { $0.when?.platforms } == [["android"], nil, nil, nil, nil])
        #expect(world.changes.compactMap { $0.adds?.id ?? $0.removes } == ["3C", "3C"])
        #expect(world.changes.map(\.reshuffles) == [false, false, false, false, true])
    }

    static let broken: [(String, String)] = [
        ("[", "w.json: The given data was not valid JSON."),
        (#"{"api_key":"k","experiences":[]}"#, "w.json: member 'workspace_id' is missing"),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"latencies":[]}"#,
            "w.json: latencies: unknown member"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[{"key":"h","audiences":[{"id":"A","allocation":{"1":60,"2":60}}]}]}"#,
            "w.json: experiences[0].audiences[0].allocation: an allocation sums to 100"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"faults":[{"kind":"reset","share":2}]}"#,
            "w.json: faults[0].share: a share is 0 … 1"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"faults":[{"kind":"html","share":0,"retry_after_s":2}]}"#,
            "w.json: faults[0].retry_after_s: only a rate_limit says when to come back"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"faults":[{"kind":"rate_limit","share":0,"retry_after_s":0}]}"#,
            "w.json: faults[0].retry_after_s: a wait is 1 … 86400 s"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"rate_limit":{"per_second":5}}"#,
            "w.json: rate_limit.retry_after_s: a limit says when to come back"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"rate_limit":{"retry_after_s":5}}"#,
            "w.json: rate_limit: member 'per_second' is missing"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"rate_limit":{"per_second":0,"retry_after_s":5}}"#,
            "w.json: rate_limit.per_second: a limit is at least 1"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"rate_limit":{"per_second":1,"retry_after_s":5,"burst":2}}"#,
            "w.json: rate_limit.burst: unknown member"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"changes":[{"at":"soon","experience":"h"}]}"#,
            "w.json: changes[0].at: a time is RFC 3339"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"changes":[{"at":"2026-01-01T00:00:00Z","experience":"h","when":{},"reshuffle":true}]}"#,
            "w.json: changes[0].when: only an allocation can be for some alone"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"slowdowns":[{"factor":0}]}"#,
            "w.json: slowdowns[0].factor: a factor is above 0"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[],"latency":[{"median_ms":1,"when":{"platform":["linux"]}}]}"#,
            "w.json: latency[0].when.platform: a platform is android, ios, other"
        ),
        (
            #"{"workspace_id":"w","api_key":"k","experiences":[{"key":"h","audiences":[],"instabilities":[{"share":0.5,"user_share":2}]}]}"#,
            "w.json: experiences[0].instabilities[0].user_share: a share is 0 … 1"
        ),
    ]

    @Test("that are broken say where and why", arguments: broken)
    func faults(text: String, message: String) {
        let error = #expect(throws: WorldError.self) { try World(text: text, file: "w.json") }
        #expect(error.map { "\($0)".hasPrefix(message) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
