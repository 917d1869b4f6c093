/// One member of a payload: its name, and its value as text. A text stands as it is, anything else
/// as compact JSON with its members sorted.
package struct PayloadMember: Hashable, Sendable, Codable {
    package var name: String
    package var value: String

    /// Members of one payload that are read; further ones by name are left out.
    package static let limit = 256
    /// Bytes of a value. A longer one is cut, and equals nothing that can be expected.
    package static let valueLimit = 4_096

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
