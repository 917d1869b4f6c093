import Foundation
import Model
import Simulator
import TestKit
import Testing

private let flags = "/ofrep/v1/evaluate/flags"

private func evaluate(
    _ world: World, key: String? = "hero", user: String = "u-1", context extra: String = "",
    headers: [String: String] = ["authorization": "Bearer secret"], now: Instant = monday,
    attempt: Int = 0
) -> Answer {
    ask(
        world, key: key, body: #"{"context":{"targetingKey":"\#(user)"\#(extra)}}"#,
        headers: headers, now: now, attempt: attempt)
}

private func ask(
    _ world: World, key: String?, body: String,
    headers: [String: String] = ["authorization": "Bearer secret"], now: Instant = monday,
    attempt: Int = 0
) -> Answer {
    Answerer(world: world, seed: 1).answer(
        Request(
            method: "POST", path: flags + (key.map { "/" + $0 } ?? ""), headers: headers,
            body: Array(body.utf8)),
        now: now, attempt: attempt)
}

private func text(_ answer: Answer) -> String { String(decoding: answer.body, as: UTF8.self) }

@Suite("OFREP answers")
struct OFREPTests {
    static let callers: [([String: String], Int)] = [
        (["authorization": "Bearer secret"], 200), (["x-api-key": "secret"], 200),
        (["x-api-key": "secret", "authorization": "Bearer wrong"], 200), ([:], 401),
        (["authorization": "Bearer wrong"], 401), (["x-api-key": "wrong"], 401),
        (["authorization": "secret"], 401), (credentials, 401),
    ]

    @Test("ask for a token or a key, and say nothing without one", arguments: callers)
    func authorization(headers: [String: String], status: Int) {
        for key in [nil, "hero"] {
            let answer = evaluate(world(), key: key, headers: headers)
            #expect(answer.status == status && answer.body.isEmpty == (status == 401))
        }
    }

    static let refusals: [(String, String)] = [
        ("", "PARSE_ERROR"), ("[1]", "PARSE_ERROR"), (#"{"context":"u-1"}"#, "PARSE_ERROR"),
        ("{}", "TARGETING_KEY_MISSING"), (#"{"context":{}}"#, "TARGETING_KEY_MISSING"),
        (#"{"context":{"targetingKey":null}}"#, "TARGETING_KEY_MISSING"),
        (#"{"context":{"targetingKey":7}}"#, "TARGETING_KEY_MISSING"),
        (#"{"context":{"targetingKey":"u","day":"monday"}}"#, "INVALID_CONTEXT"),
        (#"{"context":{"targetingKey":"u","hour":"7"}}"#, "INVALID_CONTEXT"),
        (#"{"context":{"targetingKey":"u","hour":24}}"#, "INVALID_CONTEXT"),
        (#"{"context":{"targetingKey":"u","hour":true}}"#, "INVALID_CONTEXT"),
    ]

    @Test(
        "refuse what cannot be evaluated, naming the flag where there is one", arguments: refusals)
    func refuses(body: String, code: String) throws {
        for key in [nil, "hero"] {
            let answer = ask(world(), key: key, body: body)
            let members = try members(answer)
            #expect(answer.status == 400 && answer.question == nil)
            #expect(members["key"] as? String == key)
            #expect(members["errorCode"] as? String == code)
            #expect((members["errorDetails"] as? String)?.isEmpty == false)
        }
    }

    @Test("know no other method and no other flag")
    func unknown() throws {
        let get = Answerer(world: world(), seed: 1).answer(
            Request(method: "GET", path: flags, headers: credentials), now: monday, attempt: 0)
        #expect(get.status == 405)
        let answer = evaluate(world(), key: "vil%6Cain%2F%22")
        let members = try members(answer)
        #expect(answer.status == 404 && !answer.isNowhere)
        #expect(members["key"] as? String == #"villain/""#)
        #expect(members["errorCode"] as? String == "FLAG_NOT_FOUND")
    }

    @Test("hold variant, value and audience, to the letter")
    func letter() {
        let payload = [
            "Title": PayloadField("Hello {{user}} at {{hour}}, {{geo}}"),
            "Columns": PayloadField("3", type: "number"),
            "Wide": PayloadField("true", type: "boolean"),
            "Links": PayloadField(#"{"more":["/a"]}"#, type: "json"),
        ]
        let audience = Audience(
            id: "42D", name: "High \"Intent\"", allocation: [Share("1", 0), Share("2", 100)],
            payloads: ["default": payload])
        let answer = evaluate(
            world(audiences: [audience]), context: #","hour":"07","ipAddress":"103.21.58.1""#)
        let body = text(answer).replacing(/[0-9a-f]{24}_F_T/, with: "ID_F_T")
        #expect(
            body == #"{"key":"hero","reason":"TARGETING_MATCH","variant":"2","value":"#
                + #"{"Columns":3,"Links":{"more":["/a"]},"Title":"Hello u-1 at 7, IN","Wide":true},"#
                + #""metadata":{"audience":"42D","audienceName":"High \"Intent\"","#
                + #""campaign":"ID_F_T_WP_AB_2_P_0_AU_42D"}}"#)
        #expect(answer.status == 200 && answer.headers.isEmpty)
    }

    static let reasons: [(World, String, Bool)] = [
        (world(), "SPLIT", true),
        (
            world(audiences: [Audience(id: "A", name: "A", allocation: [Share("1", 100)])]),
            "TARGETING_MATCH", true
        ),
        (world(audiences: []), "DEFAULT", false),
        (world(control: 100, tells: true), "DEFAULT", false),
        (world(status: "Paused"), "DISABLED", false),
        (world(status: "Scheduled", faults: [FaultRule(.wrongID, share: 1)]), "DISABLED", false),
    ]

    @Test("give the reason, and no value where nothing is served", arguments: 0..<6)
    func reasons(_ index: Int) throws {
        let (world, reason, isServed) = Self.reasons[index]
        let single = evaluate(world)
        let members = try members(single)
        #expect(single.status == 200 && members["reason"] as? String == reason)
        let names =
            isServed ? ["key", "metadata", "reason", "value", "variant"] : ["key", "reason"]
        #expect(members.keys.sorted() == names)
        #expect(text(evaluate(world, key: nil)) == #"{"flags":[\#(text(single))]}"#)
    }

    static let contexts: [(Rule, String, Bool)] = [
        (Rule(days: [.saturday]), #","day":"Saturday""#, true),
        (Rule(days: [.saturday]), #","day":"Sunday""#, false),
        (Rule(hours: [7]), #","hour":"07""#, true), (Rule(hours: [7]), #","hour":7"#, true),
        (Rule(hours: [7]), #","hour":"08""#, false),
        (Rule(devices: ["Mobile"]), #","userAgent":"Mozilla (iPhone; CPU)""#, true),
        (Rule(places: ["IN"]), #","ipAddress":"103.21.58.7""#, true),
        (Rule(places: ["IN"]), #","ipAddress":"8.8.8.8""#, false),
        (Rule(attributes: ["utm": ["email"]]), #","utm":"email""#, true),
        (Rule(attributes: ["utm": ["email"]]), #","utm":["email"]"#, false),
        (Rule(attributes: ["level": ["3"]]), #","level":3"#, true),
        (Rule(attributes: ["isNew": ["true"]]), #","isNew":true"#, true),
        (Rule(attributes: ["day": ["Sunday"]]), #","day":"Sunday""#, false),
        (Rule(users: ["u-1"]), "", true), (Rule(userPrefix: "known-"), "", false),
    ]

    @Test("serve those whom the rules mean", arguments: 0..<15)
    func rules(_ index: Int) {
        let (rule, member, isMet) = Self.contexts[index]
        let audience = Audience(id: "A", name: "A", when: rule, allocation: [Share("1", 100)])
        let answer = evaluate(world(audiences: [audience]), context: member)
        #expect(answer.status == 200)
        #expect((answer.served.first?.variation != nil) == isMet)
    }

    @Test("tell the same truth as the other face, of the same question")
    func truth() throws {
        let world = world(control: 10, latency: [LatencyRule(medianMilliseconds: 9)])
        for user in 0..<300 {
            let context = #","day":"Friday","hour":"19","userAgent":"iPhone","utm":"email""#
            let one = evaluate(world, user: "u-\(user)", context: context)
            let other = fetch(
                world, user: "u-\(user)",
                body: #","DAY_OF_THE_WEEK":"Friday","TIME_OF_THE_DAY":"19","USER_AGENT":"iPhone","#
                    + #""utm":"email""#)
            #expect(one.served == other.served && one.question == other.question)
            #expect(one.delayMilliseconds == other.delayMilliseconds)
            #expect(try members(one)["variant"] as? String == other.served.first?.variation)
        }
    }

    @Test("list every flag in bulk, under a tag that knows no context")
    func bulk() throws {
        let later = monday.advanced(by: 1_000_000)
        var world = world(
            changes: [Change(at: later, experience: "hero", status: "Paused")])
        world.experiences.append(ServedExperience(key: "promo", audiences: []))
        func tag(_ answer: Answer) -> String? {
            answer.headers.first { $0.name == "ETag" }?.value
        }
        let answer = evaluate(world, key: nil)
        let listed = try #require(try members(answer)["flags"] as? [[String: Any]])
        #expect(listed.map { $0["key"] as? String } == ["hero", "promo"])
        #expect(
            answer.question?.keys == nil && answer.served.map(\.experience) == ["hero", "promo"])
        #expect(tag(answer)?.wholeMatch(of: /"[0-9a-f]+"/) != nil)
        #expect(tag(answer) == tag(evaluate(world, key: nil, user: "u-2")))
        #expect(tag(answer) != tag(evaluate(world, key: nil, now: later)))
    }

    /// Kind, status, body of one flag, body of all; nil: as it would be.
    static let faults: [(FaultRule.Kind, Int?, String?, String?)] = [
        (.rateLimit, 429, "", ""), (.reset, nil, nil, nil), (.truncated, nil, nil, nil),
        (.slowBody, nil, nil, nil), (.redirect, 302, "", ""),
        (.html, nil, "<html><body><h1>It works!</h1></body></html>", nil),
        (.wrongShape, nil, "[1,2,3]", #"{"flags":{}}"#),
    ]

    @Test("break as the world says, in their own words", arguments: faults)
    func breaks(kind: FaultRule.Kind, status: Int?, one: String?, all: String?) {
        let broken = world(faults: [FaultRule(kind, share: 1)])
        for (key, body) in [("hero", one), (nil, all ?? one)] {
            let answer = evaluate(broken, key: key)
            #expect(answer.fault == kind && answer.status == status ?? 200)
            #expect(text(answer) == body ?? text(evaluate(world(), key: key)))
            #expect((answer.delivery == .whole) == ![.reset, .truncated, .slowBody].contains(kind))
            #expect(answer.served.isEmpty == (kind != .slowBody))
        }
    }

    @Test("say when to come back, and what went wrong")
    func words() throws {
        for (seconds, value) in [(nil, "1"), (30, "30")] {
            let rule = FaultRule(.rateLimit, share: 1, retryAfterSeconds: seconds)
            for user in 0..<10 {
                let headers = evaluate(world(faults: [rule]), user: "u-\(user)").headers
                #expect(headers.map { "\($0.name): \($0.value)" } == ["Retry-After: \(value)"])
            }
        }
        let failing = world(faults: [FaultRule(.serverError, share: 1)])
        let answer = evaluate(failing, key: nil)
        #expect((500...503).contains(answer.status) && answer.headers.isEmpty)
        #expect(try members(answer).keys.sorted() == ["errorDetails"])
    }

    @Test("have no campaign id that could be wrong")
    func wrongID() {
        let answer = evaluate(world(faults: [FaultRule(.wrongID, share: 1)]))
        #expect(answer.fault == nil && text(answer) == text(evaluate(world())))
    }
}
