import Foundation
import Testing

/// Whatever stands in the file: an answer, and no secret in it.
@Suite struct HostileTests {
    private static let values = [
        "", "~", "-1", "0", "1e999", "9223372036854775808", "NaN", "yes", "[]", "{}", "\"\\u0000\"",
        "'" + String(repeating: "A", count: 10_000) + "'", "0x10", "2026-13-45", "*a", "&a [*a]",
        "!!binary x", "${HOME}", "${KEY}", "../../etc/passwd", "<<: {}", "٣", "\u{202E}", "1s",
        "-5m", "1000000h", "file:///etc/passwd", "[[[[]]]]", "? x", "| x", "99999999999/s",
        "{ a: 1, a: 2 }", "\"\\uE000\"", "\u{E000}", "0.99", "23..0", "{ file: /dev/zero }",
    ]

    /// One to three changes at random places.
    private func mutated(using generator: inout SplitMix) -> String {
        var lines = soundText.split(separator: "\n").map(String.init)
        for _ in 0...Int.random(in: 0...2, using: &generator) {
            let index = Int.random(in: 0..<lines.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: lines.remove(at: index)
            case 1: lines.insert(lines.randomElement(using: &generator) ?? "", at: index)
            case 2: lines[index] = String(repeating: " ", count: index % 12) + lines[index]
            case 3: lines[index] = lines[index].replacingOccurrences(of: " ", with: "\t")
            case 4:
                let tails = [" #", " }", " ]", " \"", "\u{0}", "\u{FEFF}", "\r", "\u{2028}x: y"]
                lines[index] += tails.randomElement(using: &generator) ?? ""
            default:
                let key = lines[index].prefix { $0 != ":" }
                lines[index] = key + ": " + (Self.values.randomElement(using: &generator) ?? "")
            }
        }
        return lines.joined(separator: "\n")
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `random changes end in a configuration or in faults`(_ seed: UInt64) {
        var generator = SplitMix(state: seed)
        for _ in 0..<60 {
            let text = mutated(using: &generator)
            for fault in faults(text) {
                #expect(!fault.contains("canary-4711"), "seed \(seed):\n\(text)")
                #expect(fault.hasPrefix("v.yaml:"), "seed \(seed):\n\(text)")
                #expect(!fault.contains("\n"), "seed \(seed):\n\(text)")
            }
        }
    }

    @Test(arguments: Self.values)
    func `every key with every odd value`(_ value: String) {
        let lines = soundText.split(separator: "\n").map(String.init)
        for index in lines.indices {
            var broken = lines
            broken[index] = lines[index].prefix { $0 != ":" } + ": " + value
            #expect(faults(broken.joined(separator: "\n")).allSatisfy { $0.utf8.count < 1_000 })
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
