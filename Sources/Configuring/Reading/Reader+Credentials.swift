import Model

/// A target's key and where it came from.
struct ReadKey {
    /// Empty: the API wants none.
    let secret: Secret
    /// Nil: the environment, or nowhere.
    var file: String?
}

extension Reader {
    /// The id that requests carry beside the key; `api` is nil where it is at fault.
    mutating func workspace(of source: Members<TargetKey>, api: Target.API?) -> String? {
        switch api {
        case .moengage:
            let hint = "the workspace's id, which is the API's user name"
            return required(.workspaceID, of: source, hint: hint).flatMap {
                credential(text(of: $0, limit: 256), at: $0, forbidding: ":")
            }
        case .ofrep:
            refuse(
                .workspaceID, besideOFREPIn: source, hint: "OFREP has no workspaces: leave it out")
            return nil
        case nil: return nil
        }
    }

    /// The key of a target. OFREP servers may want none.
    mutating func key(of source: Members<TargetKey>, api: Target.API?) -> ReadKey? {
        switch (source[.key], source[.keyFile]) {
        case (let key?, nil): return literalKey(key)
        case (nil, let file?): return keyFile(file)
        case (let key?, _?):
            fault("stands beside api_key_file", at: key, hint: "state one of them")
        case (nil, nil):
            guard api == .moengage else { return ReadKey(secret: Secret("")) }
            fault(
                "api_key_file is missing", at: source.owner,
                hint: "a file that holds the key alone, or api_key: ${VARIABLE}")
        }
        return nil
    }

    /// A key from the environment; one that stands in the file itself is refused.
    private mutating func literalKey(_ value: Value) -> ReadKey? {
        guard let scalar = scalar(of: value) else { return nil }
        guard holdsVariable(scalar.written) else {
            fault(
                "a key does not belong in the file", at: value,
                hint: "name a file that holds it in api_key_file, or write ${VARIABLE}")
            return nil
        }
        return told(secret(in: scalar.text), of: scalar, at: value).map { ReadKey(secret: $0) }
    }

    private mutating func keyFile(_ value: Value) -> ReadKey? {
        guard let file = text(of: value) else { return nil }
        let path = resolved(file.text)
        return told(secret(inFile: path), of: file, at: value).map {
            ReadKey(secret: $0, file: path)
        }
    }

    /// What was read, or nil and a fault that names where it was read from.
    private mutating func told(
        _ read: Result<Secret, FileProblem>, of source: Scalar, at value: Value
    ) -> Secret? {
        switch read {
        case .success(let secret): return secret
        case .failure(let problem):
            fault("\(quoted(source.written)) \(problem.message)", at: value, hint: problem.hint)
            return nil
        }
    }

    /// A text that can travel in an `Authorization` header. Never quoted in full.
    private mutating func credential(
        _ scalar: Scalar?, at value: Value, forbidding forbidden: Character? = nil
    ) -> String? {
        guard let scalar else { return nil }
        if isSendable(scalar.text), !scalar.text.contains(where: { $0 == forbidden }) {
            return scalar.text
        }
        fault(unsendable, at: value)
        return nil
    }
}

/// The key that a private file holds alone.
func secret(inFile path: String) -> Result<Secret, FileProblem> {
    contents(ofFile: path, limit: 64 << 10, isPrivate: true).flatMap {
        secret(in: String(decoding: $0, as: UTF8.self))
    }
}

/// The key in a text, without white space around it.
private func secret(in text: String) -> Result<Secret, FileProblem> {
    let key = trimmed(text)
    guard !key.isEmpty else { return .failure(FileProblem("holds no key")) }
    return isSendable(key) ? .success(Secret(key)) : .failure(FileProblem(unsendable))
}

private let unsendable = "holds characters that no credential has"

/// Visible ASCII.
private func isSendable(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
}

/// The text without white space and line ends around it.
func trimmed(_ text: some StringProtocol) -> String {
    var rest = String(text).unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
}
