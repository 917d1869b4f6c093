import Configuring
import Foundation
import Model
import Testing

/// Keys: where they may come from, and that they come out nowhere.
@Suite struct CredentialTests {
    private let canary = "s3cr3t-canary"

    /// Loads the sound configuration with a key file of this text and mode.
    private func load(
        keyFile text: String?, mode: Int = 0o600
    ) throws -> (outcome: LoadOutcome, file: String) {
        try withFolder { folder in
            if let text { try write(text, to: folder.appending(path: "key"), mode: mode) }
            let file = folder.appending(path: "v.yaml").path
            let yaml = try sound("api_key: ${KEY}", by: "api_key_file: key")
            return (Configuring.load(text: yaml, file: file, environment: [:]), file)
        }
    }

    private func told(_ outcome: LoadOutcome) -> String {
        guard case .faulty(let faults) = outcome else { return "" }
        return faults.map(\.description).joined(separator: "\n")
    }

    @Test(arguments: ["key", "key\n", "  key \r\n\n"])
    func `a key file is read without white space around the key`(_ text: String) throws {
        guard case .loaded(let configuration) = try load(keyFile: text).outcome else {
            Issue.record("the key file was refused")
            return
        }
        #expect(configuration.keys["production"] == Secret("key"))
    }

    @Test func `a variable is read without white space around the key, and may not be empty`()
        throws
    {
        #expect(
            try loaded(soundText, environment: ["KEY": " key\n"]).keys["production"]
                == Secret("key"))
        #expect(
            faults(soundText, environment: ["KEY": ""])
                == ["v.yaml:8:14: targets.production.api_key: '${KEY}' holds no key"])
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o660])
    func `a key file that others may read is refused`(_ mode: Int) throws {
        let (outcome, file) = try load(keyFile: canary, mode: mode)
        #expect(
            told(outcome) == "\(file):8:19: targets.production.api_key_file: 'key' can be read by "
                + "others than its owner (chmod 600 it)")
    }

    @Test(arguments: [
        (String?.none, "is not there"), ("", "holds no key"), (" \n", "holds no key"),
        ("two words s3cr3t-canary", "holds characters that no credential has"),
        ("line\ns3cr3t-canary", "holds characters that no credential has"),
        ("s3cr3t-canaryé", "holds characters that no credential has"),
        (String(repeating: "s3cr3t-canary", count: 10_000), "is longer than 65536 bytes"),
    ])
    func `a key file that holds no key is a fault that tells nothing of it`(
        _ text: String?, _ message: String
    ) throws {
        let told = told(try load(keyFile: text).outcome)
        #expect(told.contains(message))
        #expect(!told.contains(canary))
    }

    @Test func `a key file is read again, by the rules of the first reading`() throws {
        try withFolder { folder in
            let key = folder.appending(path: "key")
            try write("first\n", to: key)
            let configuration = try loaded(
                try sound("api_key: ${KEY}", by: "api_key_file: key"),
                file: folder.appending(path: "v.yaml").path)
            try write("second\n", to: key)
            #expect(configuration.rereadKey(of: "production") == Secret("second"))
            for faulty in ["", "two words", "two\nlines"] {
                try write(faulty, to: key)
                #expect(configuration.rereadKey(of: "production") == nil)
            }
            try write("third", to: key, mode: 0o644)
            #expect(configuration.rereadKey(of: "production") == nil)
            try FileManager.default.removeItem(at: key)
            #expect(configuration.rereadKey(of: "production") == nil)
            #expect(configuration.rereadKey(of: "nowhere") == nil)
            #expect(configuration.keys["production"] == Secret("first"))
        }
    }

    @Test func `a key of the environment cannot change`() throws {
        #expect(try loaded(soundText).rereadKey(of: "production") == nil)
    }

    @Test func `a folder is no key file`() throws {
        let yaml = try sound("api_key: ${KEY}", by: "api_key_file: /")
        #expect(faults(yaml).first?.contains("'/' is not a regular file") == true)
    }

    /// The variable that holds the key, wherever a value may stand.
    @Test func `no fault tells what a variable holds`() throws {
        let text = try sound(
            "    budget: 600/min",
            by: """
                    http: auto
                    traceparent: true
                    tls:
                      ca_file: nowhere
                      certificate: nowhere
                      key: nowhere
                    maintenance:
                      - days: Sunday
                        from: 05:00
                        to: 06:00
                        zone: UTC
                """
        ).replacingOccurrences(
            of: "    rate: 5/s",
            with: """
                    rate: 5/s
                    overlong: skip
                    connections: keep_alive
                    compare:
                    active:
                      days: all
                      hours: 6..22
                """)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var count = 0
        for index in lines.indices {
            guard let colon = lines[index].firstIndex(of: ":") else { continue }
            for value in ["${KEY}", "x${KEY}", "[${KEY}]", "{ a: ${KEY} }", "{ \"${KEY}\": 1 }"] {
                var broken = lines.map(String.init)
                broken[index] = lines[index][...colon] + " " + value
                let told = faults(
                    broken.joined(separator: "\n"), environment: ["KEY": canary]
                ).joined(separator: "\n")
                #expect(!told.contains(canary), "\(broken[index])")
                count += told.isEmpty ? 0 : 1
            }
        }
        #expect(count > 50)
    }

    @Test func `the effective configuration holds no key`() throws {
        let configuration = try loaded(soundText, environment: ["KEY": canary])
        let stored = try JSONEncoder().encode(configuration.effective)
        #expect(!String(decoding: stored, as: UTF8.self).contains(canary))
        #expect(!"\(configuration)".contains(canary))
    }
}
