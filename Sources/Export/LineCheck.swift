import Foundation
import Model

/// Checks the lines of one file as they come: their number, order and shape. Tells the first few
/// faults of the lines, and what the file as a whole lacks.
struct LineCheck {
    private let file: Manifest.File
    private var partial: [UInt8] = []
    private var rows = 0
    private var lastSeq: Int64 = 0
    private var faults: [String] = []

    private static let faultLimit = 5
    private static let lineLimit = 1 << 20

    init(file: Manifest.File) {
        self.file = file
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            partial.append(contentsOf: rest[..<end])
            rest = rest[(end + 1)...]
            check()
            partial.removeAll(keepingCapacity: true)
        }
        if partial.count + rest.count <= Self.lineLimit { partial.append(contentsOf: rest) }
    }

    mutating func end() -> [String] {
        if !partial.isEmpty { add("ends in the middle of a line") }
        if rows != file.rows { faults.append("has \(rows) rows, not \(file.rows)") }
        if rows > 0, lastSeq != file.lastSeq {
            faults.append("ends at seq \(lastSeq), not \(file.lastSeq)")
        }
        return faults
    }

    private mutating func check() {
        rows += 1
        guard let object = try? JSONSerialization.jsonObject(with: Data(partial)),
            let members = object as? [String: Any]
        else { return add("line \(rows) is no JSON object") }
        if let fault = LineShape.fault(in: members) { return add("line \(rows): \(fault)") }
        let seq = (members["seq"] as? NSNumber)?.int64Value ?? 0
        if rows == 1, seq != file.firstSeq { add("begins at seq \(seq), not \(file.firstSeq)") }
        if seq <= lastSeq { add("line \(rows): seq \(seq) is out of order") }
        lastSeq = seq
    }

    private mutating func add(_ fault: String) {
        if faults.count < Self.faultLimit { faults.append(fault) }
    }
}

/// The shape of an observation line: its members and what each may be.
enum LineShape {
    private enum Kind {
        case integer, text, flag, object
    }

    /// Nil: the members are those of the schema, each of its type.
    static func fault(in members: [String: Any]) -> String? {
        for (name, kind, isOptional) in shape {
            guard let value = members[name] else { return "member '\(name)' is missing" }
            if value is NSNull {
                guard isOptional else { return "member '\(name)' is null" }
            } else if !matches(value, kind) {
                return "member '\(name)' has another type"
            }
        }
        if members.count != shape.count {
            let known = Set(shape.map(\.name))
            let unknown = members.keys.filter { !known.contains($0) }.sorted()
            return "unknown member '\(unknown.first ?? "")'"
        }
        guard (members["schema"] as? NSNumber)?.intValue == ObservationLine.schema else {
            return "another schema version"
        }
        return nil
    }

    private static func matches(_ value: Any, _ kind: Kind) -> Bool {
        switch kind {
        case .text: value is String
        case .object: value is [String: Any]
        case .flag: (value as? Bool) != nil
        case .integer:
            (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        }
    }

    /// As schema/observation.schema.json has it; a test holds the two together.
    private static let shape: [(name: String, kind: Kind, isOptional: Bool)] =
        [
            "schema", "seq", "round", "index", "lag_us",
        ].map { ($0, .integer, false) }
        + [
            "hour", "http_status", "latency_us", "dns_us", "connect_us", "tls_us", "request_us",
            "first_byte_us", "transfer_us", "bytes",
        ].map { ($0, .integer, true) }
        + [
            "id", "result_id", "agent", "boot", "target", "plan", "due_at", "sent_at", "done_at",
            "subject", "population", "experience", "outcome",
        ].map { ($0, .text, false) }
        + [
            "day", "device", "geo", "reason", "variation", "audience", "audience_name", "locale",
            "campaign", "fingerprint", "http_version", "connection", "remote_address", "trace_id",
        ].map { ($0, .text, true) }
        + [("attributes", .object, false), ("maintenance", .flag, false)]

    /// The members' names, for the test that compares them with the schema.
    static let names: Set<String> = Set(shape.map(\.name))
}
