// Configuring: the YAML file and the environment as values of the model, or every fault.
//
// In: the path of a configuration file and the environment. Out: the effective configuration, the
// keys of its targets and the users of its subject files; or all faults at once, each with its
// place and a hint. Must not know: what anybody does with them, the network, the store.
package import Model
package import Planning

/// A configuration without a fault.
package struct LoadedConfiguration: Sendable {
    /// Without secrets: this is what the store keeps.
    package let effective: EffectiveConfiguration
    /// The key of each target, by its name; empty where its API wants none.
    package let keys: [String: Secret]
    /// Where the keys that stand in files stand, by target.
    let keyFiles: [String: String]
    /// The users of each plan's subject files, by its name.
    package let pools: [String: SubjectPool]

    /// The key that the key file of a target holds now, by the rules of the first reading. Nil:
    /// it holds none, or the key came from the environment and cannot change.
    package func rereadKey(of target: String) -> Secret? {
        keyFiles[target].flatMap { try? secret(inFile: $0).get() }
    }
}

package enum LoadOutcome: Sendable {
    case loaded(LoadedConfiguration)
    /// In order of place; at least one.
    case faulty([Fault])
}

/// Reads a configuration file and the key and subject files that it names.
///
/// It throws `ConfigurationError` only if the file itself cannot be read.
package func load(path: String, environment: [String: String]) throws -> LoadOutcome {
    switch contents(ofFile: path, limit: Document.byteLimit) {
    case .failure(let problem):
        throw ConfigurationError(
            code: problem.isMissing ? .missing : .unreadable, operation: "read configuration",
            subject: path, underlying: problem.message,
            hint: problem.isMissing
                ? "`variometer init` writes one to start from"
                : "it must be a regular file that this user may read")
    case .success(let bytes):
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(
                code: .notUTF8, operation: "read configuration", subject: path,
                underlying: "is not UTF-8", hint: "save it as UTF-8 text")
        }
        return load(text: text, file: path, environment: environment)
    }
}

/// The same for a text that stands, or would stand, in `file`.
package func load(
    text: String, file: String, environment: [String: String]
) -> LoadOutcome {
    var reader = Reader(file: file, folder: folder(of: file))
    let root = Document.read(text, environment: environment, faults: &reader.faults)
    let read = root.flatMap { reader.file($0) }
    if let read { reader.check(read) }
    guard let read, reader.faults.count == 0 else { return .faulty(reader.faults.inOrder) }
    return .loaded(
        LoadedConfiguration(
            effective: read.configuration,
            keys: Dictionary(
                read.targets.map { ($0.target.name, $0.key.secret) },
                uniquingKeysWith: { a, _ in a }),
            keyFiles: Dictionary(
                read.targets.compactMap { read in read.key.file.map { (read.target.name, $0) } },
                uniquingKeysWith: { a, _ in a }),
            pools: Dictionary(
                read.plans.map { ($0.plan.name, $0.pool) }, uniquingKeysWith: { a, _ in a })))
}

/// The part of a path before its last slash; empty: it has none.
private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
