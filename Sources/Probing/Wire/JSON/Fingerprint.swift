import Crypto
import Model

/// The first 16 hexadecimal digits of the SHA-256 of a value in canonical form: compact, members
/// sorted by the bytes of their names, each name once, numbers as they were sent.
func fingerprint(of value: JSONValue) -> String {
    var form = CanonicalForm()
    form.append(value)
    return SHA256.hash(data: form.bytes).prefix(8).map(hexPair).joined()
}

/// The canonical form itself.
func canonicalText(of value: JSONValue) -> String {
    var form = CanonicalForm()
    form.append(value)
    return String(decoding: form.bytes, as: UTF8.self)
}

private struct CanonicalForm {
    private(set) var bytes: [UInt8] = []
    /// Reused to write strings with Model's rules of escaping.
    private var quoted = JSONText()

    mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .number(let text): append(text)
        case .string(let text): quote(text)
        case .array(let items): list(items, "[", "]") { $0.append($1) }
        case .object(let object):
            list(canonicalMembers(of: object), "{", "}") { form, member in
                form.quote(member.name)
                form.append(":")
                form.append(member.value)
            }
        }
    }

    private mutating func list<Item>(
        _ items: [Item], _ open: StaticString, _ close: StaticString,
        _ item: (inout CanonicalForm, Item) -> Void
    ) {
        append(open)
        for (index, element) in items.enumerated() {
            if index > 0 { append(",") }
            item(&self, element)
        }
        append(close)
    }

    private mutating func quote(_ text: String) {
        quoted.removeAll()
        quoted.value(text)
        bytes.append(contentsOf: quoted.bytes)
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}

/// Sorted; of several members with one name the last stays.
private func canonicalMembers(of object: JSONObject) -> [JSONObject.Member] {
    var lastValues: [String: JSONValue] = [:]
    for member in object.members { lastValues[member.name] = member.value }
    return lastValues.map { JSONObject.Member(name: $0.key, value: $0.value) }
        .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
}

private func hexPair(_ byte: UInt8) -> String {
    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
}
