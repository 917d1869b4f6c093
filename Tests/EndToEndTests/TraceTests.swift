import Foundation
import TestKit
import Testing

@Suite("trace")
struct TraceTests {
    @Test("shows one probe whole, hides the key and records nothing")
    func whole() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let trace = try scene.run([
            "trace", "--config", "v.yaml", "--plan", "shop", "--set", "day=Monday", "hour=6",
            "--set", "device=iphone", "utm_medium=null", "--subject", "known-7",
        ])
        #expect(trace.status == 0, "\(trace.error)")
        #expect(!(trace.output + trace.error).contains("secret"))
        #expect(!trace.output.contains("V1MxOnNlY3JldA=="), "the key in base64")
        for words in [
            "sim/shop   known-7", "Authorization: Basic <redacted>", #""customer_id":"known-7""#,
            #""DAY_OF_THE_WEEK":"Monday","TIME_OF_THE_DAY":"06""#, "first byte",
            "ANSWER  answered, status 200", "content-type: application/json",
            #""audience_id":"42D""#, "moe_variation_id", #""population":"panel","day":"Monday""#,
        ] {
            #expect(trace.output.contains(words), "\(words) in \(trace.output)")
        }
        #expect(!trace.output.contains("utm_medium\":\""), "it is left out")
        let rows = trace.output.split(separator: "\n").filter { $0.hasPrefix("{\"schema\"") }
        #expect(rows.count == 3)
        #expect(!FileManager.default.fileExists(atPath: scene.folder.path("v.db")))
        #expect(try scene.journal().map(\.subject) == ["known-7"])
    }

    @Test("shows a probe that failed like any other")
    func failed() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        scene.simulator.signal(SIGTERM)
        _ = try scene.simulator.ending()
        let trace = try scene.run(["trace", "--config", "v.yaml"])
        #expect(trace.status == 0, "\(trace.error)")
        #expect(trace.output.contains("unreachable: refused"))
        #expect(trace.output.contains(#""outcome":"unreachable","reason":"refused""#))
    }

    @Test(
        "says what cannot be asked",
        arguments: [
            ("hur=3", "there is no such dimension; there is day, hour, device, geo, utm_medium"),
            ("hour=24", "0…23"), ("day=monday", "Monday, Tuesday"), ("hour", "dimension=value"),
            ("device=nokia", "desktop-chrome"),
        ])
    func refused(setting: String, words: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(Scene.configuration(port: 9, plan: smallMatrix), to: "v.yaml")
        let ending = try Product.run(
            ["trace", "--config", "v.yaml", "--set", setting], in: folder,
            environment: ["KEY": "k"])
        #expect(ending.status == 64 && ending.error.contains(words), "\(ending.error)")
    }

    @Test("asks beside the plan's values, and says so")
    func unplanned() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let trace = try scene.run(["trace", "--config", "v.yaml", "--set", "geo=DE", "hour=3"])
        #expect(trace.output.contains("geo=DE is not in the plan's matrix"), "\(trace.error)")
        #expect(trace.output.contains("hour=3 is not in the plan's matrix"))
    }
}
