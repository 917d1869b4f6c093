/// A JSON text that was read. Numbers keep the text they were sent as: an id that came as `2`
/// stays `2`.
indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

/// Members in the order they were sent.
struct JSONObject: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        let name: String
        let value: JSONValue
    }

    var members: [Member] = []

    /// The value of a member. Of several with one name the last counts, as in most readers
    /// (RFC 8259 §4 leaves it open).
    subscript(name: String) -> JSONValue? {
        members.last { $0.name == name }?.value
    }
}
