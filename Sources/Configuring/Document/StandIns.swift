/// The text of a file in which single characters are replaced by private-use ones, so that lines
/// and columns stay as they are, and which can be turned back.
///
/// The parser expands aliases while it reads, which a hostile file turns into gigabytes, and it
/// ends at the first key that stands twice. Both are avoided by what it is given to read: every
/// asterisk is replaced, so an alias is read as plain text and refused at its place; and the first
/// character of a repeated key is, so both are read and told.
struct StandIns {
    private static let asterisk: Unicode.Scalar = "*"

    private var scalars: [Unicode.Scalar]
    private var lineStarts: [Int]
    /// What each stand-in replaces.
    private var originals: [Unicode.Scalar: Unicode.Scalar] = [:]
    /// Private-use characters that the text does not hold itself.
    private var free: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        let held = Set(scalars)
        free = (0xE000...0xF8FF).reversed().compactMap(Unicode.Scalar.init).filter {
            !held.contains($0)
        }
        lineStarts = Self.lineStarts(of: scalars)
        guard held.contains(Self.asterisk), let standIn = free.popLast() else { return }
        originals[standIn] = Self.asterisk
        for index in scalars.indices where scalars[index] == Self.asterisk {
            scalars[index] = standIn
        }
    }

    /// What the parser reads.
    var text: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// A piece of what was parsed, with the characters that stand in the file.
    func restored(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { originals[$0] != nil }) else { return text }
        var restored = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            var original = scalar
            while let before = originals[original] { original = before }
            restored.append(original)
        }
        return String(restored)
    }

    /// Makes the key at a place differ from every other. False: it has no character that could be
    /// replaced without changing what the text means.
    mutating func replaceFirstCharacter(ofKeyAt place: Place) -> Bool {
        guard lineStarts.indices.contains(place.line - 1) else { return false }
        var index = lineStarts[place.line - 1] + place.column - 1
        guard scalars.indices.contains(index) else { return false }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard scalars.indices.contains(index), Self.isReplaceable(scalars[index]),
            let standIn = free.popLast()
        else { return false }
        originals[standIn] = scalars[index]
        scalars[index] = standIn
        return true
    }

    /// Where the text ends.
    var end: Place {
        let start = lineStarts[lineStarts.count - 1]
        return Place(line: lineStarts.count, column: scalars.count - start + 1)
    }

    /// Where the first character stands that no YAML may hold.
    var firstUnprintable: Place? {
        let index = scalars.firstIndex { scalar in
            scalar.properties.generalCategory == .control
                && !"\t\n\r\u{85}".unicodeScalars.contains(scalar)
                || ["\u{FEFF}", "\u{FFFE}", "\u{FFFF}"].contains(scalar)
        }
        guard let index, let line = lineStarts.lastIndex(where: { $0 <= index }) else { return nil }
        return Place(line: line + 1, column: index - lineStarts[line] + 1)
    }

    private static func isReplaceable(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && !"\\\"':?[]{},&!|>%@`#".unicodeScalars.contains(scalar)
    }

    /// Where lines begin, by the line breaks of YAML 1.1.
    private static func lineStarts(of scalars: [Unicode.Scalar]) -> [Int] {
        var starts = [0]
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": continue
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": starts.append(index + 1)
            default: continue
            }
        }
        return starts
    }
}
