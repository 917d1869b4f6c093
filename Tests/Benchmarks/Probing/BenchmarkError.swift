/// A benchmark could not be run: which program, at what, and what it wrote.
struct BenchmarkError: Error, CustomStringConvertible {
    let program: String
    let operation: String
    var output = ""

    var description: String {
        let lines = output.split(separator: "\n").suffix(8).map { "\n  " + $0 }.joined()
        return "\(program) \(operation)" + (lines.isEmpty ? "" : "; it wrote:" + lines)
    }
}
