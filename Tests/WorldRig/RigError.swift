import Configuring

/// Why a rig cannot run something.
package struct RigError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A configuration's text, read as the product reads it; `KEY` stands for the key.
    static func loaded(_ text: String, key: String) throws -> LoadedConfiguration {
        switch load(text: text, file: "rig.yaml", environment: ["KEY": key]) {
        case .loaded(let configuration): return configuration
        case .faulty(let faults):
            throw RigError(faults.map { "\($0)" }.joined(separator: "\n"))
        }
    }
}
