import Foundation
import Model

/// How long one question takes.
struct ReportTime {
    let question: Question
    let seconds: Double
    let peakBytes: Int
    /// Over all rows; nil: it was not asked.
    let duckSeconds: Double?
    let sqliteSeconds: Double?
}

/// Asks the built product and the peers the same questions, the product as a program of its own from
/// its start to its end, the peers in a program that already runs.
struct ReportMeasurement {
    let bench: Workbench
    let store: URL
    let duck: DuckDB
    let asksSQLite: Bool
    /// When all windows are closed.
    let until: Instant
    let tell: (String) -> Void

    private static let times = 5

    func times(experience: String) throws -> [ReportTime] {
        let duckSeconds = try askDuckDB()
        return try Question.allCases.map { question in
            tell("report: \(question.rawValue)")
            let endings = try (0..<Self.times).map { _ in
                try report(question.arguments(experience: experience))
            }
            return ReportTime(
                question: question, seconds: median(endings.map(\.seconds)),
                peakBytes: endings.map(\.peakBytes).max() ?? 0,
                duckSeconds: duckSeconds[question],
                sqliteSeconds: asksSQLite ? try question.sqliteSQL.map(askSQLite) : nil)
        }
    }

    /// Over a span that begins within an hour, as one that is reckoned back from now does: with a window
    /// of five minutes.
    private func report(_ arguments: [String]) throws -> Ending {
        let since = Storefront.begin.advanced(by: 300 * Instant.microsecondsPerSecond)
        return try bench.children.run(
            bench.product,
            ["report"] + arguments + [
                "--store", store.path, "--since", since.rfc3339, "--until", until.rfc3339,
            ], within: .seconds(600), lookingEach: .microseconds(500))
    }

    private func askDuckDB() throws -> [Question: Double] {
        tell("report: DuckDB")
        let questions = Question.allCases.compactMap { question in
            question.duckSQL.map { (question, $0) }
        }
        let statements = questions.flatMap { Array(repeating: $0.1, count: Self.times) }
        let seconds = try duck.run(statements).statements
        return Dictionary(
            questions.enumerated().map { index, question in
                let first = index * Self.times
                return (question.0, median(Array(seconds[first..<first + Self.times])))
            }, uniquingKeysWith: { $1 })
    }

    private func askSQLite(_ sql: String) throws -> Double {
        tell("report: SQLite, over all rows")
        let ending = try bench.children.run(
            program("sqlite3"), ["-bail", store.path, sql], within: .seconds(1_200))
        return ending.seconds
    }
}
