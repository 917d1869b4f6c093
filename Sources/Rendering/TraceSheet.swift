package import Model

/// One probe, shown whole: what was asked, how long each part took, what came back, how it was
/// read, and the rows that it makes.
package struct TraceSheet: Sendable {
    package var result: ProbeResult
    /// As it was sent, credentials masked.
    package var request: String
    /// The answer's header fields in their order.
    package var fields: [(name: String, value: String)] = []
    /// Nil: no whole body came.
    package var body: String?
    package var readings: [FieldReading] = []
    /// The result's observations as a store keeps them.
    package var lines: [ObservationLine] = []
    /// When the certificate that the target showed expires; nil: it showed none.
    package var certificateExpiry: Instant?
    /// What should be known before the result is believed.
    package var remarks: [String] = []

    package init(result: ProbeResult, request: String) {
        self.result = result
        self.request = request
    }
}

/// A sheet as text. Control characters of what came from the API stand as U+FFFD: it must not
/// steer a terminal.
package func render(_ sheet: TraceSheet, time: TimeFormat) -> String {
    let blocks =
        [sheet.heading(time), sheet.question, sheet.times(time), sheet.way(time), sheet.reply]
        + (sheet.readings.isEmpty ? [] : [sheet.reading]) + [sheet.rows]
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
}

extension TraceSheet {
    fileprivate func heading(_ time: TimeFormat) -> [String] {
        let probe = result.probe
        let context = probe.context.segment
        let notes = remarks + (result.isMaintenance ? ["due in maintenance of its target"] : [])
        return [
            "\(probe.identity.target)/\(probe.identity.plan)   \(plain(probe.subject.label))"
                + (context.order == 0 ? "" : "   \(plain(context.words))")
        ] + notes.map { "  \(plain($0))" }
    }

    fileprivate var question: [String] {
        ["REQUEST"] + lines(of: request)
    }

    /// How the answer travelled.
    fileprivate func way(_ time: TimeFormat) -> [String] {
        let transport = result.transport
        let parts = [
            transport.connection.map { "\($0.rawValue) connection" },
            transport.remoteAddress.map { "to \($0)" },
            transport.httpVersion.map { "HTTP/\($0)" },
            certificateExpiry.map {
                "certificate until \(time.minute($0)) \(time.name(at: $0))"
            },
            result.traceID.map { "trace \($0)" },
        ]
        let known = parts.compactMap { $0 }.map(plain)
        return ["CONNECTION  " + (known.isEmpty ? "none was made" : known.joined(separator: ", "))]
    }

    fileprivate var reply: [String] {
        let status = result.transport.httpStatus.map { "status \($0)" }
        let size = result.transport.bytes.map { "\(grouped($0)) bytes" }
        let outcome =
            result.failure.map { "\($0.outcome.rawValue): \(plain($0.reason.rawValue))" }
            ?? "answered"
        let head = [outcome, status, size].compactMap { $0 }.joined(separator: ", ")
        return ["ANSWER  " + head]
            + fields.map { "\(plain($0.name)): \(plain($0.value))" }
            + (body.map { [""] + lines(of: $0) } ?? [])
    }

    fileprivate var reading: [String] {
        let paths = readings.map { plain($0.path) }
        let width = paths.map(\.count).max() ?? 0
        let fieldWidth = readings.map(\.field.count).max() ?? 0
        return ["READ AS"]
            + zip(paths, readings).map { path, reading in
                let value = reading.value.map { shortened(plain($0)) } ?? "(did not come)"
                return "  \(pad(path, width))  →  \(pad(reading.field, fieldWidth))  \(value)"
            }
    }

    fileprivate var rows: [String] {
        ["STORED AS  what a store would keep of it; nothing was written"]
            + lines.map { plain($0.json) }
    }

    private func shortened(_ text: String) -> String {
        text.count <= 100 ? text : text.prefix(99) + "…"
    }

    private func lines(of text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { plain(String($0)) }
    }
}

/// The phases as a waterfall.
extension TraceSheet {
    private static let width = 40

    fileprivate func times(_ time: TimeFormat) -> [String] {
        let phases = result.phases
        let whole = max(1, phases.responseUs)
        var begun: Int64 = 0
        var lines = ["TIMES  due \(result.dueAt.rfc3339), done \(duration(whole)) later"]
        for phase in [Phase.lag, .dns, .connect, .tls, .request, .firstByte, .transfer] {
            guard let spent = phases[phase] else { continue }
            lines.append(
                "  " + pad(phase.words, 10) + pad(duration(spent), 9, atRight: true) + "  |"
                    + bar(from: begun, spent: spent, of: whole))
            begun += spent
        }
        lines += absent
        let latency = phases.latencyUs.map {
            "latency \(duration($0)) = request + first byte + transfer; "
        }
        lines.append(
            "  \(latency ?? "")response \(duration(phases.responseUs)) = done − due")
        return lines
    }

    /// The phases that it skipped, and those that it did not live to see.
    private var absent: [String] {
        let all: [Phase] = [.dns, .connect, .tls, .request, .firstByte, .transfer]
        let reached = all.lastIndex { result.phases[$0] != nil } ?? -1
        func line(_ what: String, _ phases: ArraySlice<Phase>) -> [String] {
            let missing = phases.filter { result.phases[$0] == nil }.map(\.words)
            return missing.isEmpty ? [] : ["  \(what) " + missing.joined(separator: ", ")]
        }
        return line("had no", all[..<(reached + 1)]) + line("did not reach", all[(reached + 1)...])
    }

    private func bar(from begun: Int64, spent: Int64, of whole: Int64) -> String {
        func column(_ microseconds: Int64) -> Int {
            Int((Double(microseconds) / Double(whole) * Double(Self.width)).rounded())
        }
        let start = min(column(begun), Self.width - 1)
        let length = column(begun + spent) - column(begun)
        let mark = length > 0 ? String(repeating: "█", count: length) : "▏"
        return String(repeating: " ", count: start) + mark
    }
}

extension Phase {
    fileprivate var words: String {
        switch self {
        case .firstByte: "first byte"
        default: rawValue
        }
    }
}
