import Yams

/// Reads YAML into values that know their places.
///
/// Whatever the text is, this ends soon and with a tree or with faults: its size, depth and number
/// of faults are bounded, and aliases are refused instead of being expanded.
struct Document {
    /// A configuration of a thousand plans is far below both.
    static let byteLimit = 1 << 20
    static let depthLimit = 32
    /// Each costs a parse.
    private static let duplicateLimit = 20

    private let environment: [String: String]
    private var standIns: StandIns

    /// The root of the tree; nil: there is none, and a fault says why.
    static func read(
        _ text: String, environment: [String: String], faults: inout FaultList
    ) -> Value? {
        guard text.utf8.count <= byteLimit else {
            faults.add(
                "is longer than \(byteLimit) bytes", at: .start, path: "",
                hint: "long lists of subjects go into CSV files")
            return nil
        }
        // An editor's byte order mark would shift the columns of the first line.
        let body = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : nil
        var document = Document(
            environment: environment, standIns: StandIns(body.map { String($0) } ?? text))
        guard let root = document.compose(&faults) else { return nil }
        return document.value(root, place: .start, path: "", depth: 0, faults: &faults)
    }

    // MARK: Parsing

    /// The parser's tree. Where a key stands twice it is made unlike the other and read again.
    private mutating func compose(_ faults: inout FaultList) -> Node? {
        for _ in 0...Self.duplicateLimit {
            do {
                if let node = try Yams.compose(yaml: parsable(standIns.text), .basic) {
                    return node
                }
                faults.add(
                    "the file is empty", at: .start, path: "",
                    hint: "`variometer init` writes one to start from")
                return nil
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = Place(context.mark)
                if standIns.replaceFirstCharacter(ofKeyAt: place) { continue }
                let name = names.first.map { quoted(standIns.restored($0)) } ?? ""
                faults.add("the key \(name) stands twice", at: place, path: "")
                return nil
            } catch {
                tell(error, to: &faults)
                return nil
            }
        }
        faults.add(
            "more than \(Self.duplicateLimit) keys stand twice", at: .start, path: "")
        return nil
    }

    /// The parser keeps a pointer into the text while it reads. A text of less than 16 bytes lies
    /// within the string's own words and has no lasting address: line ends make it longer.
    private func parsable(_ text: String) -> String {
        text.utf8.count < 16 ? text + String(repeating: "\n", count: 16) : text
    }

    /// What the parser says about a text that is no YAML.
    private func tell(_ error: any Error, to faults: inout FaultList) {
        guard let error = error as? YamlError else {
            return faults.add("cannot be read as YAML", at: .start, path: "")
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let doing = context.map { $0.text + ", " } ?? ""
            let start = context.map { Place($0.mark) }
            faults.add(
                "is not YAML: \(doing)\(problem)", at: min(Place(mark), standIns.end), path: "",
                hint: start.map { "begun in line \($0.line), column \($0.column)" })
        case .reader(let problem, _, _, _):
            let place = standIns.firstUnprintable ?? .start
            faults.add("is not YAML: \(problem.lowercased())", at: place, path: "")
        default:
            faults.add("cannot be read as YAML", at: .start, path: "")
        }
    }

    // MARK: From the parser's nodes to values

    private func value(
        _ node: Node, place: Place, path: String, depth: Int, faults: inout FaultList
    ) -> Value {
        func made(_ content: Value.Content, at own: Place? = nil) -> Value {
            Value(place: own ?? place, path: path, content: content)
        }
        guard depth < Self.depthLimit else {
            faults.add(
                "is nested deeper than \(Self.depthLimit) levels", at: place, path: path)
            return made(.unusable)
        }
        switch node {
        case .scalar(let scalar):
            let own = scalar.mark.map(Place.init) ?? place
            let read = self.scalar(scalar, place: own, path: path, faults: &faults)
            return made(read.map(Value.Content.scalar) ?? .unusable, at: own)
        case .sequence(let sequence):
            let items = sequence.enumerated().map { index, item in
                value(
                    item, place: item.mark.map(Place.init) ?? place, path: "\(path)[\(index)]",
                    depth: depth + 1, faults: &faults)
            }
            return made(.list(items))
        case .mapping(let mapping):
            return made(
                .mapping(members(of: mapping, path: path, depth: depth, faults: &faults)))
        case .alias:
            return made(.unusable)
        }
    }

    /// The members of a mapping. Which value of a key that stands twice is meant is unknown, so
    /// neither is read.
    private func members(
        of mapping: Node.Mapping, path parent: String, depth: Int, faults: inout FaultList
    ) -> [Member] {
        var members: [Member] = []
        var places: [String: Place] = [:]
        for (keyNode, valueNode) in mapping {
            let place = keyNode.mark.map(Place.init) ?? .start
            guard case .scalar(let node) = keyNode else {
                faults.add("a key must be plain text", at: place, path: parent)
                continue
            }
            guard let key = scalar(node, place: place, path: parent, faults: &faults) else {
                continue
            }
            if let first = places[key.text] {
                faults.add(
                    "the key \(quoted(key.written)) stands twice, first in line \(first.line), "
                        + "column \(first.column)", at: place, path: path(parent, key.written))
                if let index = members.firstIndex(where: { $0.name == key.text }) {
                    members[index] = members[index].unusable
                }
                continue
            }
            places[key.text] = place
            let value = value(
                valueNode, place: place, path: path(parent, key.written), depth: depth + 1,
                faults: &faults)
            members.append(Member(key: key, place: place, value: value))
        }
        return members
    }

    private func scalar(
        _ node: Node.Scalar, place: Place, path: String, faults: inout FaultList
    ) -> Scalar? {
        let written = standIns.restored(node.string)
        let isPlain = node.style == .plain
        if isPlain && written.hasPrefix("*") {
            faults.add(
                "aliases are not read", at: place, path: path,
                hint: "write the value itself, or quote a text that begins with *")
            return nil
        }
        guard ["", "!", Tag.Name.str.rawValue].contains(node.tag.description) else {
            faults.add(
                "tags are not read", at: place, path: path,
                hint: "every value is plain text here: leave the !… out")
            return nil
        }
        do {
            return Scalar(
                text: try interpolated(written, from: environment), written: written,
                isNull: isPlain && ["", "~", "null", "Null", "NULL"].contains(written))
        } catch {
            faults.add(error.message, at: place, path: path, hint: error.hint)
            return nil
        }
    }
}

extension Place {
    init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}
