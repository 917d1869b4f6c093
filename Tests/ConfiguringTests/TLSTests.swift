import Configuring
import Foundation
import Model
import Testing

/// What the files of `tls` must hold.
@Suite struct TLSTests {
    /// A block whose content begins as every certificate and key does, and is nothing more.
    private static func block(_ label: String, _ bytes: [UInt8] = [0x30, 0x03, 2, 1, 0]) -> String {
        "-----BEGIN \(label)-----\n\(Data(bytes).base64EncodedString())\n-----END \(label)-----\n"
    }

    /// Loads the sound configuration with these files and `tls`.
    private func load(
        _ tls: String, _ files: [String: String], mode: Int = 0o600
    ) throws -> (outcome: LoadOutcome, folder: String) {
        try withFolder { folder in
            for (name, text) in files {
                try write(text, to: folder.appending(path: name), mode: mode)
            }
            let yaml = try sound("api_key: ${KEY}", by: "api_key: ${KEY}\n    tls: \(tls)")
            let file = folder.appending(path: "v.yaml").path
            return (
                Configuring.load(text: yaml, file: file, environment: soundEnvironment), folder.path
            )
        }
    }

    /// What is told, without file and place.
    private func told(_ tls: String, _ files: [String: String], mode: Int = 0o600) throws
        -> [String]
    {
        guard case .faulty(let faults) = try load(tls, files, mode: mode).outcome else { return [] }
        return faults.map {
            $0.path.replacing("targets.production.tls.", with: "") + ": \($0.message)"
                + ($0.hint.map { " (\($0))" } ?? "")
        }
    }

    @Test(arguments: ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"])
    func `a certificate and its key stand beside the authorities`(_ label: String) throws {
        let files = [
            "ca.pem": "# Ours\n" + Self.block("CERTIFICATE") + Self.block("CERTIFICATE"),
            "c.pem": Self.block("CERTIFICATE").replacing("\n", with: "  \r\n"),
            "k.pem": Self.block("EC PARAMETERS", [6, 1, 0]) + Self.block(label),
        ]
        let (outcome, folder) = try load(
            "{ ca_file: ca.pem, certificate: c.pem, key: k.pem }", files)
        guard case .loaded(let configuration) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(
            configuration.effective.targets.first?.tls
                == TLSSettings(
                    caFile: folder + "/ca.pem", certificate: folder + "/c.pem",
                    key: folder + "/k.pem"))
    }

    @Test func `the key may be read by its owner alone, the certificate by all`() throws {
        let files = ["c.pem": Self.block("CERTIFICATE"), "k.pem": Self.block("PRIVATE KEY")]
        #expect(
            try told("{ certificate: c.pem, key: k.pem }", files, mode: 0o640)
                == ["key: 'k.pem' can be read by others than its owner (chmod 600 it)"])
    }

    @Test func `certificate and key stand together`() throws {
        let files = ["c.pem": Self.block("CERTIFICATE"), "k.pem": Self.block("PRIVATE KEY")]
        #expect(
            try told("{ certificate: c.pem }", files)
                == ["certificate: stands without its key (name the key's file in key)"])
        #expect(
            try told("{ key: k.pem }", files) == [
                "key: stands without its certificate "
                    + "(name the certificate's file in certificate)"
            ])
    }

    @Test(arguments: [
        ("", "holds no certificate (a PEM file, with a line -----BEGIN CERTIFICATE-----)"),
        (block("PRIVATE KEY"), "holds a private key and no certificate"),
        (block("CERTIFICATE", [0x31]), "holds a certificate that is damaged (copy the file anew)"),
        (
            String(block("CERTIFICATE").dropLast(28)),
            "holds a certificate that is damaged (copy the file anew)"
        ),
        (
            block("CERTIFICATE") + block("CERTIFICATE").replacing("MA", with: "M?"),
            "holds a certificate that is damaged (copy the file anew)"
        ),
        (
            "0\u{3}",
            "is no PEM file (it looks like DER: `openssl x509` or `openssl pkey` turns it into PEM)"
        ),
    ])
    func `a file without certificates is told`(_ text: String, _ message: String) throws {
        #expect(try told("{ ca_file: f }", ["f": text]) == ["ca_file: 'f' " + message])
        #expect(
            try told("{ certificate: f, key: k }", ["f": text, "k": Self.block("PRIVATE KEY")])
                == ["certificate: 'f' " + message])
    }

    @Test(arguments: [
        ("", "holds no private key (a PEM file, with a line -----BEGIN PRIVATE KEY-----)"),
        (
            block("OPENSSH PRIVATE KEY", [0x6F]),
            "holds no private key (a PEM file, with a line -----BEGIN PRIVATE KEY-----)"
        ),
        (block("CERTIFICATE"), "holds a certificate and no private key"),
        (block("PRIVATE KEY", []), "holds a private key that is damaged (copy the file anew)"),
        (
            block("ENCRYPTED PRIVATE KEY"),
            "holds a private key that a pass phrase protects "
                + "(`openssl pkey -in … -out …` writes it without one)"
        ),
        (
            block("RSA PRIVATE KEY").replacing(
                "KEY-----\nM", with: "KEY-----\nProc-Type: 4,ENCRYPTED\n\nM"),
            "holds a private key that a pass phrase protects "
                + "(`openssl pkey -in … -out …` writes it without one)"
        ),
    ])
    func `a file without a key is told, and nothing of it`(_ text: String, _ message: String) throws
    {
        #expect(
            try told("{ certificate: c, key: f }", ["f": text, "c": Self.block("CERTIFICATE")])
                == ["key: 'f' " + message])
    }
}
