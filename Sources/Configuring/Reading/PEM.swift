import Foundation

/// Text files of base64 between `-----BEGIN …-----` and `-----END …-----` (RFC 7468), which
/// certificates and keys travel in.
enum PEM {
    /// Why a file holds no certificates, or no key, that can be used; nil: it does.
    static func certificateProblem(in bytes: [UInt8]) -> FileProblem? {
        let blocks = blocks(in: bytes)
        let certificates = blocks.filter { $0.label == "CERTIFICATE" }
        if certificates.contains(where: { !$0.isDER }) {
            return FileProblem("holds a certificate that is damaged", hint: "copy the file anew")
        }
        guard certificates.isEmpty else { return nil }
        if blocks.contains(where: \.isKey) {
            return FileProblem("holds a private key and no certificate")
        }
        return missing("certificate", label: "CERTIFICATE", in: bytes)
    }

    /// The same of the private key that belongs to a certificate.
    static func keyProblem(in bytes: [UInt8]) -> FileProblem? {
        let blocks = blocks(in: bytes)
        let keys = blocks.filter(\.isKey)
        if keys.contains(where: \.isEncrypted) {
            return FileProblem(
                "holds a private key that a pass phrase protects",
                hint: "`openssl pkey -in … -out …` writes it without one")
        }
        if keys.contains(where: { !$0.isDER }) {
            return FileProblem("holds a private key that is damaged", hint: "copy the file anew")
        }
        guard keys.isEmpty else { return nil }
        if blocks.contains(where: { $0.label == "CERTIFICATE" }) {
            return FileProblem("holds a certificate and no private key")
        }
        return missing("private key", label: "PRIVATE KEY", in: bytes)
    }

    private static func missing(
        _ what: String, label: String, in bytes: [UInt8]
    ) -> FileProblem {
        // What ASN.1 calls a SEQUENCE: the same thing in binary.
        if bytes.first == sequenceTag {
            return FileProblem(
                "is no PEM file",
                hint: "it looks like DER: `openssl x509` or `openssl pkey` turns it into PEM")
        }
        return FileProblem(
            "holds no \(what)", hint: "a PEM file, with a line -----BEGIN \(label)-----")
    }
}

private let sequenceTag: UInt8 = 0x30

private struct Block {
    let label: String
    /// The lines between the two that name the label.
    var lines: [String] = []

    /// A key that OpenSSH made for itself is of another kind.
    var isKey: Bool {
        ["", "RSA ", "EC ", "ENCRYPTED "].contains { label == $0 + "PRIVATE KEY" }
    }

    /// True: its base64 decodes to what an ASN.1 structure begins with.
    var isDER: Bool {
        Data(base64Encoded: lines.joined())?.first == sequenceTag
    }

    /// PKCS #8 names it in the label, the older form in a header (RFC 1421 §4.6.1.1).
    var isEncrypted: Bool {
        label.hasPrefix("ENCRYPTED")
            || lines.contains { $0.hasPrefix("Proc-Type:") && $0.hasSuffix("ENCRYPTED") }
    }
}

extension PEM {
    /// The blocks; text around them is commentary. One that does not end has no lines.
    private static func blocks(in bytes: [UInt8]) -> [Block] {
        var blocks: [Block] = []
        var lines: [String] = []
        var isOpen = false
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            if let label = label(of: line, after: "-----BEGIN ") {
                blocks.append(Block(label: label))
                (lines, isOpen) = ([], true)
            } else if isOpen, let label = label(of: line, after: "-----END ") {
                if label == blocks.last?.label { blocks[blocks.count - 1].lines = lines }
                isOpen = false
            } else if isOpen {
                lines.append(line)
            }
        }
        return blocks
    }

    private static func label(of line: String, after start: String) -> String? {
        guard line.hasPrefix(start), line.hasSuffix("-----") else { return nil }
        return String(line.dropFirst(start.count).dropLast(5))
    }
}
