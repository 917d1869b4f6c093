import Model
import NIOCore
import Testing

@testable import Probing

@Suite("A fetch's answer")
struct FetchAnswerTests {
    static func observation(_ body: String, of key: String = "hero") throws -> Observation? {
        FetchAnswer(try JSONReader.read(Array(body.utf8)))?.observation(of: key)
    }

    @Test("gives a payload of many members one shape, whatever their order")
    func shapeOfMany() {
        let names = (0..<80).map { "k\($0)" }
        func shape(_ names: [String]) -> String? {
            payloadShape(
                .object(JSONObject(members: names.map { .init(name: $0, value: .null) })))
        }
        #expect(shape(names) == shape(names.reversed()))
    }

    @Test("gives the values of a payload as text, in the order of their names")
    func payload() throws {
        let members = #"""
            "b":{"data_type":"json","value":{"y":2,"x":[1,true]}},
            "a":{"data_type":"number","value":"5"},"c":{"value":1},"d":null,
            "a":{"data_type":"string","value":"Sale"}
            """#
        let context = #""experience_context":{"moe_variation_id":"1"}"#
        let body = #"{"experiences":{"hero":{"payload":{\#(members)},\#(context)}}}"#
        let payload = try #require(try Self.observation(body)?.payload)
        #expect(
            payload.map { "\($0.name)=\($0.value)" }
                == ["a=Sale", #"b={"x":[1,true],"y":2}"#, #"c={"value":1}"#, "d=null"])
        let long = payloadMembers(.string(String(repeating: "a", count: 5_000)))
        #expect(long.map(\.name) == ["value"])
        #expect(
            long[0].value.utf8.count > PayloadMember.valueLimit && long[0].value.hasSuffix("a…"))
    }

    @Test("gives every member of the contract's example")
    func example() throws {
        let observation = try #require(try Self.observation(served()))
        let payload = #"{"Title":{"data_type":"string","value":"Hello"}}"#
        #expect(
            observation
                == Observation(
                    experience: "hero", outcome: .served, variation: "2", audience: "42D",
                    audienceName: "High Intent Users", locale: "0",
                    campaign: "65eae5738ea5032b0ef60138_F_T_WP_AB_2_P_0_AU_42D",
                    fingerprint: try FingerprintTests.of(payload), shape: "Title:string"))
    }

    @Test(
        "keeps ids as they were written",
        arguments: [
            ("2", "2"), (#""02""#, "02"), ("2.0", "2.0"),
            ("1234567890123456789", "1234567890123456789"),
        ])
    func ids(sent: String, kept: String) throws {
        #expect(try Self.observation(served(variation: sent))?.variation == kept)
    }

    static func experience(_ value: String) -> String { #"{"experiences":{"hero":\#(value)}}"# }
    static func context(_ members: String) -> String {
        experience(#"{"payload":{"a":1},"experience_context":{\#(members)}}"#)
    }

    @Test(
        "ends an experience as served, unmatched or malformed",
        arguments: [
            (#"{"experiences":{}}"#, Outcome.unmatched),
            (#"{"experiences":null}"#, .unmatched),
            (#"{"experiences":{"other":{}}}"#, .unmatched),
            (experience("null"), .unmatched),
            (experience("{}"), .unmatched),
            (experience(#"{"payload":{}}"#), .unmatched),
            (experience(#"{"payload":null}"#), .unmatched),
            (
                experience(#"{"payload":[],"experience_context":{"moe_variation_id":"1"}}"#),
                .unmatched
            ),
            (
                experience(#"{"payload":{},"experience_context":{"moe_variation_id":"1"}}"#),
                .unmatched
            ),
            (context(#""moe_variation_id":"1""#), .served),
            (context(#""moe_variation_id":"1","audience_id":null,"new":{"x":[1]}"#), .served),
            (experience("5"), .malformed),
            (experience("[]"), .malformed),
            (
                experience(#"{"payload":"text","experience_context":{"moe_variation_id":"1"}}"#),
                .malformed
            ),
            (experience(#"{"payload":{"a":1}}"#), .malformed),
            (experience(#"{"experience_context":{"moe_variation_id":"1"}}"#), .malformed),
            (experience(#"{"payload":{"a":1},"experience_context":[]}"#), .malformed),
            (context(#""moe_variation_id":"""#), .malformed),
            (context(#""moe_variation_id":{}"#), .malformed),
            (context(#""moe_variation_id":"1","audience_id":[4]"#), .malformed),
        ])
    func outcomes(body: String, outcome: Outcome) throws {
        let observation = try #require(try Self.observation(body))
        #expect(observation.outcome == outcome)
        #expect(observation.reason == (outcome == .malformed ? .wrongShape : nil))
        #expect((observation.variation != nil) == (outcome == .served))
    }

    @Test(
        "is no answer without experiences",
        arguments: ["[]", "5", "{}", #"{"experiences":[]}"#, #"{"items":[]}"#, #"{"failures":{}}"#])
    func wrongShape(body: String) throws {
        #expect(try Self.observation(body) == nil)
    }

    @Test("tells what the list of failures tells")
    func failures() throws {
        let body = """
            {"failures":[5,{"reason":7},{"reason":"USER_NOT_IN_SEGMENT","experienceKeys":["hero",1]},
             {"reason":"a b","experienceKeys":["promo"]},{"reason":"NO_KEYS"}]}
            """
        let hero = try #require(try Self.observation(body))
        #expect(hero.outcome == .unmatched)
        #expect(hero.reason?.rawValue == "vendor:USER_NOT_IN_SEGMENT")
        #expect(try Self.observation(body, of: "promo")?.reason?.rawValue == "vendor:a_b")
        #expect(try Self.observation(body, of: "else")?.reason == nil)
    }

    @Test("gives the experiences that came where none were named")
    func unnamed() throws {
        let wire = MoEngage(target: target("http://h"), key: Secret(""), userAgent: "probe/1")
        let response = Response(status: 200, body: ByteBuffer(string: served()))
        guard case .answered(let all) = wire.observations(in: response, of: probe(experiences: []))
        else { return #expect(Bool(false), "not answered") }
        #expect(all.map(\.experience) == ["hero"])
    }
}
