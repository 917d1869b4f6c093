import Model
import NIOCore
import Testing

@testable import Probing

@Suite("An OFREP answer")
struct OFREPTests {
    /// What an answer says of the flags that were asked for; nil: the fetch failed.
    static func observations(
        _ body: String, status: Int = 200, of keys: [String] = ["hero"]
    ) -> [Observation]? {
        guard case .answered(let observations) = verdict(body, status: status, of: keys) else {
            return nil
        }
        return observations
    }

    static func failure(
        _ body: String, status: Int = 200, of keys: [String] = ["hero"]
    ) -> Failure? {
        guard case .failed(let failure) = verdict(body, status: status, of: keys) else {
            return nil
        }
        return failure
    }

    static func verdict(
        _ body: String, status: Int, of keys: [String]
    ) -> Verdict<[Observation]> {
        ofrep().observations(
            in: Response(status: status, body: ByteBuffer(string: body)),
            of: OFREPRequestTests.probe(of: keys))
    }

    /// A single answer with further members, and the same in bulk.
    static func single(_ members: String) -> String { #"{"key":"hero",\#(members)}"# }
    static func bulk(_ members: String) -> String { #"{"flags":[\#(single(members))]}"# }

    @Test("gives every member of a flag, single or in bulk")
    func whole() throws {
        let members = """
            "variant":"2","value":{"Title":"Hello","Size":7},"reason":"TARGETING_MATCH","new":[1],
            "metadata":{"audience":"42D","audienceName":"High Intent","campaign":"c-1","x":true}
            """
        let expected = Observation(
            experience: "hero", outcome: .served, variation: "2", audience: "42D",
            audienceName: "High Intent", campaign: "c-1",
            fingerprint: try FingerprintTests.of(#"{"Size":7,"Title":"Hello"}"#),
            shape: "Size:number,Title:string")
        #expect(Self.observations(Self.single(members)) == [expected])
        let both = try #require(Self.observations(Self.bulk(members), of: ["hero", "promo"]))
        #expect(both == [expected, Observation(experience: "promo", outcome: .unmatched)])
        #expect(Self.observations(Self.bulk(members), of: []) == [expected])
    }

    static let flags: [(String, Outcome, String?)] = [
        (#""variant":"on","value":true"#, .served, "on"),
        (#""variant":"on""#, .served, "on"), (#""variant":2,"value":5"#, .served, "2"),
        (#""value":true"#, .served, "true"), (#""value":false"#, .served, "false"),
        (#""variant":null,"value":true"#, .served, "true"),
        (#""variant":"","value":false"#, .served, "false"),
        (#""value":"text""#, .unmatched, nil), (#""value":7"#, .unmatched, nil),
        (#""value":{"a":1}"#, .unmatched, nil), (#""value":null"#, .unmatched, nil),
        (#""reason":"DEFAULT""#, .unmatched, nil),
        (#""variant":{},"value":true"#, .malformed, nil),
        (#""variant":["a"]"#, .malformed, nil),
        (#""variant":"on","metadata":{"audience":[4]}"#, .malformed, nil),
        (#""variant":"on","metadata":{"audience":7}"#, .served, "on"),
        (#""variant":"on","metadata":[]"#, .served, "on"),
    ]

    @Test("serves a variant, or a switch that is on or off, and else nothing", arguments: flags)
    func outcomes(members: String, outcome: Outcome, variation: String?) {
        for body in [Self.single(members), Self.bulk(members)] {
            let keys = body.hasPrefix(#"{"flags""#) ? ["hero", "promo"] : ["hero"]
            let observation = Self.observations(body, of: keys)?.first
            #expect(observation?.outcome == outcome)
            #expect(observation?.variation == variation)
            #expect(observation?.reason == (outcome == .malformed ? .wrongShape : nil))
        }
    }

    @Test("has the fingerprint of its value, and a shape where that is an object")
    func content() throws {
        func shown(_ value: String) -> Observation? {
            Self.observations(Self.single(#""variant":"a","value":\#(value)"#))?.first
        }
        #expect(shown("true")?.fingerprint == (try FingerprintTests.of("true")))
        #expect(shown("true")?.shape == nil)
        #expect(shown(#"[1, 2]"#)?.fingerprint == (try FingerprintTests.of("[1,2]")))
        #expect(shown(#"{"b":[],"a":{"data_type":"image"}}"#)?.shape == "a:image,b:array")
        #expect(shown(#"{"a":1,"b":2}"#)?.fingerprint == shown(#"{"b":2, "a":1}"#)?.fingerprint)
        let bare = Self.observations(Self.single(#""variant":"a""#))?.first
        #expect(bare?.fingerprint == nil && bare?.shape == nil)
    }

    @Test("of an unknown flag serves nothing and says so, by 404 or in bulk")
    func unknown() {
        let expected = Observation(
            experience: "hero", outcome: .unmatched, reason: .vendor("FLAG_NOT_FOUND"))
        let members = #""errorCode":"FLAG_NOT_FOUND","errorDetails":"no such flag""#
        #expect(Self.observations(Self.single(members), status: 404) == [expected])
        #expect(Self.observations("{\(members)}", status: 404) == [expected])
        #expect(Self.observations(Self.bulk(members), of: ["hero", "promo"])?.first == expected)
    }

    @Test(
        "of a flag that cannot be evaluated is rejected for the flag's reason",
        arguments: [
            ("TARGETING_KEY_MISSING", "vendor:TARGETING_KEY_MISSING"),
            ("GENERAL", "vendor:GENERAL"), ("a b", "vendor:a_b"),
        ])
    func errors(code: String, reason: String) {
        let members = #""errorCode":"\#(code)","variant":"on""#
        let expected = Observation(
            experience: "hero", outcome: .rejected, reason: Reason(rawValue: reason))
        #expect(Self.observations(Self.single(members)) == [expected])
        let two = #"{"flags":[{"key":"promo","variant":"1"},\#(Self.single(members))]}"#
        let both = Self.observations(two, of: ["hero", "promo"])
        #expect(both?.map(\.outcome) == [.rejected, .served])
        #expect(both?.first == expected)
    }

    @Test(
        "of 404 without that word is an unknown path",
        arguments: [
            "", "<html>", "{}", "[]", #"{"errorCode":"GENERAL"}"#, #"{"errorCode":404}"#,
            #"{"key":"hero","variant":"on"}"#,
        ])
    func otherNotFound(body: String) {
        #expect(Self.failure(body, status: 404) == Failure(.rejected, .http(404)))
    }

    @Test("of 404 to several flags is an unknown path whatever it says")
    func bulkNotFound() {
        let body = #"{"key":"hero","errorCode":"FLAG_NOT_FOUND"}"#
        for keys in [["hero", "promo"], []] {
            #expect(Self.failure(body, status: 404, of: keys) == Failure(.rejected, .http(404)))
        }
    }

    @Test(
        "of another status is the status alone",
        arguments: [
            (400, Failure(.rejected, .http(400))), (401, Failure(.rejected, .http(401))),
            (403, Failure(.rejected, .http(403))), (429, Failure(.limited, .http(429))),
            (500, Failure(.failed, .http(500))), (503, Failure(.failed, .http(503))),
            (302, Failure(.rejected, .redirect)), (304, Failure(.rejected, .redirect)),
            (204, Failure(.malformed, .httpProtocol)),
        ])
    func statuses(status: Int, failure: Failure) {
        let body = Self.single(#""errorCode":"FLAG_NOT_FOUND","variant":"on""#)
        #expect(Self.failure(body, status: status) == failure)
        #expect(Self.failure(body, status: status, of: ["hero", "promo"]) == failure)
    }

    @Test(
        "of another shape is malformed",
        arguments: [
            ("[]", ["hero"]), ("{}", ["hero"]), (#"{"flags":[]}"#, ["hero"]),
            (#"{"key":7,"variant":"on"}"#, ["hero"]), ("{}", ["hero", "promo"]),
            (#"{"flags":{}}"#, ["hero", "promo"]), (#"{"key":"hero"}"#, ["hero", "promo"]),
            ("5", []),
        ])
    func wrongShape(body: String, keys: [String]) {
        #expect(Self.failure(body, of: keys) == Failure(.malformed, .wrongShape))
    }

    @Test("of no JSON is malformed")
    func notJSON() {
        #expect(Self.failure("no") == Failure(.malformed, .notJSON))
    }

    @Test("of another flag than the one asked for serves nothing")
    func otherFlag() {
        let body = #"{"key":"promo","variant":"on"}"#
        #expect(
            Self.observations(body) == [Observation(experience: "hero", outcome: .unmatched)])
    }

    @Test("in bulk passes over what is no flag; of a flag told twice the last counts")
    func lenient() {
        let body = """
            {"flags":[5,{"variant":"x"},{"key":"hero","variant":"1"},{"key":"hero","variant":"2"}]}
            """
        let observations = Self.observations(body, of: ["hero", "promo"])
        #expect(observations?.map(\.variation) == ["2", nil])
    }

    @Test("is shown as it was read")
    func readings() {
        let body = """
            {"flags":[{"key":"hero","variant":"2","reason":"SPLIT","value":{"a": 1},
            "metadata":{"audience":"42D"}},{"key":"promo","errorCode":"GENERAL"}]}
            """
        let shown = ofrep().readings(
            of: Response(status: 200, body: ByteBuffer(string: body)),
            to: OFREPRequestTests.probe(of: ["hero", "promo"])
        ).map { "\($0.path) \($0.value ?? "-") → \($0.field)" }
        #expect(
            shown == [
                "hero.variant 2 → variation", "hero.reason SPLIT → outcome",
                #"hero.value {"a":1} → fingerprint"#, "hero.errorCode - → reason",
                "hero.metadata.audience 42D → audience", "promo.variant - → variation",
                "promo.reason - → outcome", "promo.value - → fingerprint",
                "promo.errorCode GENERAL → reason", "promo.metadata.audience - → audience",
            ])
        let none = ofrep().readings(
            of: Response(status: 200, body: ByteBuffer(string: "[]")), to: exampleProbe)
        #expect(none.isEmpty)
    }
}
