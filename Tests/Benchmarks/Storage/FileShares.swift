import Foundation

/// Where the bytes of a store's file go.
struct FileShares {
    private(set) var bytes: [Share: Int] = [:]

    enum Share: String, CaseIterable {
        case observations
        /// Texts, contexts, answers and what else rows refer to: once each.
        case names
        case map
        case rollups
        case rest

        fileprivate init(table: String) {
            switch table {
            case "result", "setup", "further_observation", "batch": self = .observations
            case "text", "context", "exchange", "answer", "audience", "stretch", "body",
                "count_key":
                self = .names
            case "assignment", "targeting", "targeting_former": self = .map
            case "rollup", "analysis_state", "window_finding": self = .rollups
            default: self = .rest
            }
        }
    }

    /// Asks SQLite's own command line, which knows `dbstat`, for the pages of each table with its
    /// indexes; free pages are the rest.
    init(of store: URL, on bench: Workbench) throws {
        let tables = try bench.children.run(
            program("sqlite3"), ["-bail", "-csv", store.path, pagesByTable],
            within: .seconds(600)
        ).output.split(separator: "\n")
        for line in tables {
            let cells = line.split(separator: ",")
            guard let name = cells.first, let size = cells.last.flatMap({ Int($0) }) else {
                throw BenchmarkError(program: "dbstat", operation: "told no sizes: \(line)")
            }
            bytes[Share(table: String(name)), default: 0] += size
        }
        let told = bytes.values.reduce(0, +)
        bytes[.rest, default: 0] += try fileBytes(store) - told
    }

    subscript(share: Share) -> Int { bytes[share] ?? 0 }
}

func fileBytes(_ file: URL) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    return attributes[.size] as? Int ?? 0
}

private let pagesByTable = """
    SELECT m.tbl_name, sum(s.pgsize) FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name
    WHERE s.aggregate = TRUE GROUP BY 1
    """
