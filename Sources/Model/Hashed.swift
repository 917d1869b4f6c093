/// A value behind one reference, with its hash: for what has many parts, is handed on often and
/// looked up by all of them.
struct Hashed<Value: Hashable & Sendable>: Hashable, Sendable {
    private let box: Box

    var value: Value { box.value }

    private final class Box: Sendable {
        let value: Value
        let hash: Int

        init(_ value: Value) {
            self.value = value
            hash = value.hashValue
        }
    }

    init(_ value: Value) {
        box = Box(value)
    }

    static func == (a: Self, b: Self) -> Bool {
        a.box === b.box || a.box.hash == b.box.hash && a.box.value == b.box.value
    }

    func hash(into hasher: inout Hasher) { hasher.combine(box.hash) }
}
