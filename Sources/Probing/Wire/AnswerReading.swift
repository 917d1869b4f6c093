import Model

/// An answer, or a part of it, that has not the shape of the contract.
struct WrongShape: Error {}

/// Experiences that are read from one answer: several times what a workspace may have.
let experienceLimit = 200
/// Bytes of an id or a name.
let identifierLimit = 256

/// A text, or a number as it was written. Nil: null, empty or missing. A text that is too long
/// for an id breaks the shape; one that is for people is cut.
func text(_ value: JSONValue?, cut: Bool = false) throws(WrongShape) -> String? {
    switch value {
    case .string(let text), .number(let text):
        if text.isEmpty { return nil }
        if text.utf8.count <= identifierLimit { return text }
        guard cut else { throw WrongShape() }
        return String(text.prefix(identifierLimit / 4))
    case nil, .null: return nil
    default: throw WrongShape()
    }
}

/// A payload's keys and data types, sorted: `Image:string,Title:string`. A member is an object
/// with `data_type`, or a plain value.
func payloadShape(_ payload: JSONValue) -> String? {
    guard let members = payload.object?.members else { return nil }
    let parts = members.map { member in
        "\(member.name.prefix(64)):\(dataType(of: member.value).prefix(32))"
    }
    // Cut when sorted: servers write members in any order.
    let rest = members.count > shapeLimit ? ",…" : ""
    return parts.sorted().prefix(shapeLimit).joined(separator: ",") + rest
}

private let shapeLimit = 64

/// A payload's members as text, sorted by name. A member is an object with `data_type` and
/// `value`, or a plain value; what is no object has one member, `value`.
func payloadMembers(_ payload: JSONValue) -> [PayloadMember] {
    guard let object = payload.object else {
        return [PayloadMember(name: "value", value: cut(payload.text))]
    }
    // Of several with one name the last counts.
    let values = Dictionary(
        object.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    return values.sorted { $0.key < $1.key }.prefix(PayloadMember.limit).map { name, value in
        let content = value.object.flatMap { $0["data_type"] == nil ? nil : $0["value"] }
        return PayloadMember(name: name, value: cut((content ?? value).text))
    }
}

private func cut(_ text: String) -> String {
    guard text.utf8.count > PayloadMember.valueLimit else { return text }
    return String(decoding: text.utf8.prefix(PayloadMember.valueLimit), as: UTF8.self) + "…"
}

private func dataType(of value: JSONValue) -> String {
    switch value {
    case .object(let object): object["data_type"]?.string ?? "object"
    case .array: "array"
    case .string: "string"
    case .number: "number"
    case .bool: "boolean"
    case .null: "null"
    }
}

extension JSONObject {
    var names: [String] { members.map(\.name) }
}

extension JSONValue {
    /// The value as compact JSON, for people; a text stands without quotation marks.
    var text: String {
        if case .string(let text) = self { return text }
        return canonicalText(of: self)
    }
}
