import Foundation

/// DuckDB on the same rows: its Python package, driven statement by statement.
struct DuckDB {
    let file: URL
    private let bench: Workbench
    private let python: URL

    /// Environment variable that names a Python which has the package; `scripts/benchmark` sets it.
    private static let variable = "DUCKDB_PYTHON"

    struct Run {
        /// Of each statement, in seconds.
        let statements: [Double]
        /// From opening the file to having closed it.
        let seconds: Double
        let cpuSeconds: Double
        let peakBytes: Int
    }

    init(_ file: URL, on bench: Workbench) throws {
        self.file = file
        self.bench = bench
        guard let path = ProcessInfo.processInfo.environment[Self.variable] else {
            throw BenchmarkError(
                program: "DuckDB",
                operation: "is not there: \(Self.variable) is unset; run scripts/benchmark storage")
        }
        python = URL(filePath: path)
        try bench.write(driver, to: "duckdb_driver.py")
    }

    /// Makes the tables of some rows; keys are left to their order, an index would only cost it.
    func create(_ shapes: [TableShape]) throws {
        _ = try run(
            shapes.map { shape in
                let columns = shape.columns.map { "\"\($0.name)\" \($0.duckType)" }
                return "CREATE TABLE \(shape.name) (\(columns.joined(separator: ", ")))"
            })
    }

    func load(_ rows: [RowFile], observations: Int) throws -> Sample {
        let run = try run(rows.filter { !$0.isEmpty }.map(insert))
        return Sample(
            count: observations, seconds: run.seconds, cpuSeconds: run.cpuSeconds,
            peakBytes: run.peakBytes)
    }

    func run(_ statements: [String]) throws -> Run {
        let list = try bench.write(
            String(decoding: JSONEncoder().encode(statements), as: UTF8.self),
            to: "statements.json")
        let script = bench.folder.appending(path: "duckdb_driver.py")
        let ending = try bench.children.run(
            python, [script.path, file.path, list.path], within: .seconds(1_200))
        let numbers = ending.output.split(whereSeparator: \.isWhitespace).compactMap {
            Double($0)
        }
        guard numbers.count == statements.count + 2 else {
            throw BenchmarkError(
                program: "DuckDB", operation: "told no times", output: ending.output)
        }
        return Run(
            statements: Array(numbers.dropLast(2)), seconds: numbers[numbers.count - 2],
            cpuSeconds: numbers[numbers.count - 1], peakBytes: ending.peakBytes)
    }

    private func insert(_ rows: RowFile) -> String {
        let columns = rows.shape.columns.map { "'\($0.name)': '\($0.readType)'" }
        let values = rows.shape.columns.map(\.loaded)
        return """
            INSERT INTO \(rows.shape.name) SELECT \(values.joined(separator: ", "))
            FROM read_csv('\(rows.file.path)', header = false,
                columns = {\(columns.joined(separator: ", "))})
            """
    }
}

extension TableShape.Column {
    fileprivate var duckType: String { type == "ANY" ? "BLOB" : readType }

    fileprivate var readType: String { type == "INTEGER" ? "BIGINT" : "VARCHAR" }

    /// Digits that stand for bytes become bytes again.
    fileprivate var loaded: String {
        type == "ANY"
            ? """
            CASE WHEN regexp_full_match("\(name)", '([0-9A-F]{2}){8,16}') THEN unhex("\(name)")
            ELSE encode("\(name)") END
            """ : "\"\(name)\""
    }
}

/// Prints the seconds of each statement, then wall and processor time of all.
private let driver = """
    import json, sys, time
    import duckdb
    wall, cpu = time.perf_counter(), time.process_time()
    connection = duckdb.connect(sys.argv[1])
    for statement in json.load(open(sys.argv[2])):
        began = time.perf_counter()
        connection.execute(statement).fetchall()
        print(time.perf_counter() - began)
    connection.close()
    print(time.perf_counter() - wall, time.process_time() - cpu)

    """
