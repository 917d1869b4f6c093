import Foundation
import Logging
import Model

/// Logs on standard error: one JSON object a line for machines, plain text on a terminal.
struct StructuredLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    let label: String
    let isText: Bool

    init(label: String, isText: Bool = StandardError.isTerminal) {
        self.label = label
        self.isText = isText
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = WallClock.system.now()
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let message = event.message.description
        StandardError.write(
            isText
                ? text(event.level, message, fields, now) : json(event.level, message, fields, now))
    }

    private func text(
        _ level: Logger.Level, _ message: String,
        _ fields: [(key: String, value: Logger.MetadataValue)], _ now: Instant
    ) -> String {
        let pairs = fields.map { " \($0.key)=\($0.value)" }.joined()
        return "\(now.rfc3339) \(level.rawValue) \(label): \(message)\(pairs)\n"
    }

    private func json(
        _ level: Logger.Level, _ message: String,
        _ fields: [(key: String, value: Logger.MetadataValue)], _ now: Instant
    ) -> String {
        var json = JSONText()
        json.object { json in
            json.member("at", now)
            json.member("level", level.rawValue)
            json.member("part", label)
            json.member("message", message)
            for (key, value) in fields { json.member(key, "\(value)") }
        }
        json.endLine()
        return json.text
    }
}

/// The logger of one part of the daemon.
func logger(_ part: String) -> Logger {
    Logger(label: part) { StructuredLog(label: $0) }
}
