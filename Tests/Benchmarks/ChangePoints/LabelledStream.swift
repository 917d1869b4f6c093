import Foundation
import Statistics

/// A stream of hourly counts whose change points are known.
struct LabelledStream: Decodable {
    struct Label: Decodable {
        let start: Int
        let end: Int
    }

    let id: String
    let kind: String
    let counts: [[Int]]?
    let histogram: [[Int]]?
    let labels: [Label]

    private enum CodingKeys: String, CodingKey {
        case id, kind, counts, histogram
        case labels = "change_points"
    }

    /// The first so many hours as categories.
    func categories(until hour: Int) -> [[Int]] {
        if let counts { return Array(counts.prefix(hour)) }
        return regrouped(Array((histogram ?? []).prefix(hour)))
    }

    var hours: Int { counts?.count ?? histogram?.count ?? 0 }

    /// One JSON object a line. Throws an error that names the line.
    static func read(_ path: String) throws -> [LabelledStream] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StreamError(what: "\(path): cannot be read")
        }
        return try String(decoding: data, as: UTF8.self).split(separator: "\n").enumerated().map {
            number, line in
            do {
                let stream = try JSONDecoder().decode(LabelledStream.self, from: Data(line.utf8))
                guard stream.hours > 0 else { throw StreamError(what: "no counts, no histogram") }
                return stream
            } catch { throw StreamError(what: "\(path):\(number + 1): \(error)") }
        }
    }
}

struct StreamError: Error, CustomStringConvertible {
    let what: String

    var description: String { what }
}
