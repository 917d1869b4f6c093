/// The vendor's JSON, written by hand.
struct Body {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    mutating func object(_ members: (inout Body) -> Void) {
        open("{", members, "}")
    }

    mutating func object(_ name: String, _ members: (inout Body) -> Void) {
        key(name)
        open("{", members, "}")
    }

    mutating func array(_ name: String, _ items: [(inout Body) -> Void]) {
        key(name)
        open(
            "[",
            { body in
                for item in items {
                    body.comma()
                    body.isFirst = true
                    item(&body)
                    body.isFirst = false
                }
            }, "]")
    }

    mutating func text(_ name: String, _ value: String) {
        key(name)
        quote(value)
    }

    /// A member whose value is JSON already.
    mutating func raw(_ name: String, _ json: String) {
        key(name)
        bytes.append(contentsOf: json.utf8)
    }

    mutating func string(_ value: String) { quote(value) }

    private mutating func open(_ start: String, _ inside: (inout Body) -> Void, _ end: String) {
        bytes.append(contentsOf: start.utf8)
        isFirst = true
        inside(&self)
        bytes.append(contentsOf: end.utf8)
        isFirst = false
    }

    private mutating func key(_ name: String) {
        comma()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func comma() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.count)
                bytes.append(contentsOf: "\\u\(zeros)\(digits)".utf8)
            default: bytes.append(contentsOf: String(Character(scalar)).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
