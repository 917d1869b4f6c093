import Foundation
import Model
import Testing

@Suite("JSONText")
struct JSONTextTests {
    @Test(
        "escapes what JSON must not hold as it is",
        arguments: ["plain", "\"\\", "\u{0}\u{1f}\n\t", "नमस्ते 🪂", "</script>", ""])
    func escapes(text: String) throws {
        var json = JSONText()
        json.value(text)
        let back = try JSONSerialization.jsonObject(
            with: Data(json.bytes), options: .fragmentsAllowed)
        #expect(back as? String == text)
    }

    @Test(
        "writes numbers as JSON knows them, others as null",
        arguments: [
            (0.25, "0.25"), (1, "1"), (-3, "-3"), (1e300, "1e+300"), (.nan, "null"),
            (.infinity, "null"), (0.1, "0.1"),
        ])
    func numbers(number: Double, text: String) {
        var json = JSONText()
        json.value(number)
        #expect(json.text == text)
    }

    @Test("keeps the order of the calls and the commas right when nested")
    func nesting() {
        var json = JSONText()
        json.object {
            $0.member("b", 1)
            $0.name("a")
            $0.array([1, 2]) { json, n in json.object { $0.member("n", n) } }
            $0.name("e")
            $0.object { _ in }
            $0.member("z", String?.none)
        }
        #expect(json.text == #"{"b":1,"a":[{"n":1},{"n":2}],"e":{},"z":null}"#)
    }
}

@Suite("Secret")
struct SecretTests {
    @Test("never prints itself")
    func redaction() {
        let secret = Secret("s3cr3t")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped]
        {
            #expect(!text.contains("s3cr3t"))
        }
        #expect(secret.reveal() == "s3cr3t")
    }
}

@Suite("Pack")
struct PackTests {
    @Test("carries at most 25 keys, in order", arguments: [0, 1, 25, 26, 60])
    func packs(count: Int) {
        let keys = (0..<count).map { "key-\($0)" }
        let packs = Pack.packs(of: keys)
        #expect(packs.flatMap { $0 } == keys)
        #expect(packs.allSatisfy { (1...25).contains($0.count) })
        #expect(packs.count == (count + 24) / 25)
    }
}
