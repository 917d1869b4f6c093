/// Where something stands in a file: line and column from 1.
struct Place: Hashable, Comparable {
    static let start = Place(line: 1, column: 1)

    let line: Int
    let column: Int

    static func < (a: Place, b: Place) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// A value of the file, with the place it stands at and the path that leads to it.
struct Value {
    indirect enum Content {
        case scalar(Scalar)
        case list([Value])
        case mapping([Member])
        /// A fault was told already; whoever reads it says nothing more.
        case unusable
    }

    /// Of a list or a mapping: where the key that names it stands.
    let place: Place
    let path: String
    let content: Content
}

/// Plain text: quoted or not is the same, but for null.
struct Scalar {
    /// With the variables of the environment put in.
    let text: String
    /// As it stands in the file: the only form that a fault may quote.
    let written: String
    /// True for `~`, `null` and nothing at all, unquoted.
    let isNull: Bool
}

/// A key and its value.
struct Member {
    let key: Scalar
    let place: Place
    let value: Value

    /// The name of the key.
    var name: String { key.text }

    /// The same key with a value that nothing more is said about.
    var unusable: Member {
        let nothing = Value(place: value.place, path: value.path, content: .unusable)
        return Member(key: key, place: place, value: nothing)
    }
}

extension Value {
    var isNull: Bool {
        if case .scalar(let scalar) = content { scalar.isNull } else { false }
    }

    /// What a fault calls a value of the wrong kind.
    var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .mapping: "a mapping"
        case .unusable: "nothing readable"
        }
    }
}
