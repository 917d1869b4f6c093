/// Why a `${…}` cannot be replaced.
struct InterpolationError: Error {
    let message: String
    let hint: String
}

/// The text with each `${NAME}` replaced from the environment; `$${` stands for `${`.
func interpolated(
    _ text: String, from environment: [String: String]
) throws(InterpolationError) -> String {
    guard text.contains("${") else { return text }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
        result += rest[..<dollar]
        rest = rest[dollar...]
        if rest.hasPrefix("$${") {
            result += "${"
            rest = rest.dropFirst(3)
        } else if rest.hasPrefix("${") {
            let name = try variableName(in: rest.dropFirst(2))
            guard let value = environment[name] else {
                throw InterpolationError(
                    message: "the environment variable \(name) is not set",
                    hint: "set it, or write $${ for a plain ${")
            }
            result += value
            rest = rest.dropFirst(3 + name.count)
        } else {
            result += "$"
            rest = rest.dropFirst()
        }
    }
    return result + rest
}

/// True if a part of the text comes from the environment.
func holdsVariable(_ written: String) -> Bool {
    written.replacing("$${", with: "").contains("${")
}

/// The name that ends at the next `}`: a letter or `_`, then letters, digits and `_`.
private func variableName(in text: Substring) throws(InterpolationError) -> String {
    let name = text.prefix { $0 != "}" }
    let isName =
        name.first.map { !$0.isNumber } ?? false
        && name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    guard name.endIndex < text.endIndex, isName else {
        throw InterpolationError(
            message: "${ begins the name of an environment variable, which is missing here",
            hint: "write ${NAME}, or $${ for a plain ${")
    }
    return String(name)
}
