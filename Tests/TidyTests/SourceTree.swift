import Foundation
import TestKit
import Testing

/// One Swift file of the repository.
struct SourceFile: CustomTestStringConvertible {
    /// From the checkout's root.
    let path: String
    let lines: [String]
    /// The lines without comments and without what stands in string literals: what is code.
    let code: [String]

    init(path: String, lines: [String]) {
        self.path = path
        self.lines = lines
        code = codeLines(of: lines)
    }

    var testDescription: String { path }
    var text: String { lines.joined(separator: "\n") }

    /// The module, or the top-level folder of `schema` and `dashboards`.
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : String(parts[0])
    }

    var isSource: Bool { !path.hasPrefix("Tests/") }
}

/// Read once for all rules.
private let tree = Result { try readTree() }

/// Every Swift file under the folders that hold code.
func sourceFiles() throws -> [SourceFile] { try tree.get() }

private func readTree() throws -> [SourceFile] {
    try ["Sources", "Tests", "schema", "dashboards"].flatMap { folder -> [SourceFile] in
        let root = checkout.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return try (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            return SourceFile(
                path: folder + "/" + name, lines: text.components(separatedBy: "\n"))
        }
    }
}

private func codeLines(of lines: [String]) -> [String] {
    var isInText = false
    return lines.map { line in
        if line.contains("\"\"\"") {
            isInText.toggle()
            return ""
        }
        return isInText ? "" : codeLine(of: line)
    }
}

/// A line up to its comment, its literals emptied.
private func codeLine(of line: String) -> String {
    var code: [UInt8] = []
    var isInLiteral = false
    var isEscaped = false
    for byte in line.utf8 {
        if isInLiteral {
            isInLiteral = isEscaped || byte != UInt8(ascii: "\"")
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            if !isInLiteral { code.append(byte) }
        } else {
            if byte == UInt8(ascii: "/"), code.last == byte {
                return String(decoding: code.dropLast(), as: UTF8.self)
            }
            isInLiteral = byte == UInt8(ascii: "\"")
            code.append(byte)
        }
    }
    return String(decoding: code, as: UTF8.self)
}

/// A function of a file: where it begins and how many lines it has.
struct Function {
    let name: String
    let line: Int
    let length: Int
}

extension SourceFile {
    /// Functions, initialisers and subscripts, by matching braces.
    func functions() -> [Function] {
        let code = code
        let start =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+(?:\(\w+\))?\s+)*(func\s+\S+|init|subscript)\b/
        return code.indices.compactMap { index in
            let line = code[index]
            // Most lines name nothing: a regular expression costs more than a look.
            guard ["func ", "init", "subscript"].contains(where: line.contains),
                let match = line.firstMatch(of: start)
            else { return nil }
            guard let end = closingBrace(in: code, from: index) else { return nil }
            return Function(name: String(match.1), line: index + 1, length: end - index + 1)
        }
    }

    /// The line of the brace that closes the first one opened; nil: a requirement without body.
    private func closingBrace(in code: [String], from start: Int) -> Int? {
        var depth = 0
        var isOpen = false
        for index in start..<code.count {
            for byte in code[index].utf8 {
                if byte == UInt8(ascii: "{") {
                    depth += 1
                    isOpen = true
                } else if byte == UInt8(ascii: "}") {
                    depth -= 1
                }
            }
            if isOpen, depth <= 0 { return index }
            if !isOpen, index - start > 12 { return nil }
        }
        return nil
    }
}
