import Configuring
import Foundation
import Testing

/// A configuration without a fault, to be broken by tests.
let soundText = """
    store: variometer.db
    zone: Asia/Kolkata
    agent: eu-1
    targets:
      production:
        data_center: "02"
        workspace_id: WS1
        api_key: ${KEY}
        budget: 600/min
    plans:
      storefront:
        target: production
        experiences: [hero, promo-strip]
        every: 1h
        rate: 5/s
        subjects:
          panel: { count: 200, prefix: panel- }
          cohort: { share: 0.5, prefix: cohort- }
        matrix:
          day: [Monday, Sunday]
          hour: [0, 18..22]
          device: [iphone, android-phone]
          geo: [IN, NO]
          attributes:
            utm_medium: [email, null]
        allocations:
          hero:
            "1A": { "1": 50, "2": 50 }

    """

let soundEnvironment = ["KEY": "canary-4711"]

/// The text with one piece of it replaced; the piece must stand there once.
func sound(_ piece: String, by replacement: String) throws -> String {
    try #require(soundText.components(separatedBy: piece).count == 2, "\(piece) stands there once")
    return soundText.replacingOccurrences(of: piece, with: replacement)
}

/// What is told about a text, a line for each fault.
func faults(
    _ text: String, file: String = "v.yaml", environment: [String: String] = soundEnvironment
) -> [String] {
    switch load(text: text, file: file, environment: environment) {
    case .loaded: []
    case .faulty(let faults): faults.map(\.description)
    }
}

/// What a text that has no fault says.
func loaded(
    _ text: String, file: String = "v.yaml", environment: [String: String] = soundEnvironment
) throws -> LoadedConfiguration {
    switch load(text: text, file: file, environment: environment) {
    case .loaded(let configuration): return configuration
    case .faulty(let faults):
        Issue.record("\(faults.map(\.description).joined(separator: "\n"))")
        throw CancellationError()
    }
}

/// A folder for one test, removed when it ends.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("configuration-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// Writes a file that only its owner may read, unless another mode is asked for.
func write(_ text: String, to file: URL, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
}
