import Foundation
import Statistics
import TestKit
import Testing

/// A case of a vectors file: what goes in, what several libraries agreed comes out.
struct Vector: CustomTestStringConvertible {
    let id: String
    let method: String
    let file: String
    let members: [String: Any]

    init?(_ members: [String: Any], file: String) {
        guard let id = members["id"] as? String, let method = members["method"] as? String else {
            return nil
        }
        self.id = id
        self.method = method
        self.file = file
        self.members = members
    }

    var testDescription: String { id }
    var input: [String: Any] { members["input"] as? [String: Any] ?? [:] }
    var params: [String: Any] { members["params"] as? [String: Any] ?? [:] }
    var expected: [String: Any] { members["expected"] as? [String: Any] ?? [:] }

    func inputs(_ name: String) -> [Double] {
        (input[name] as? [Any] ?? []).compactMap(number)
    }

    func param(_ name: String, _ standard: Double = .nan) -> Double {
        number(params[name]) ?? standard
    }

    /// True if the number is the expected one within the case's tolerance.
    func matches(_ got: Double, _ name: String) -> Bool {
        number(expected[name]).map { isNear(got, $0) } ?? false
    }

    /// True if each number is the expected one.
    func matches(_ got: [Double], _ name: String) -> Bool {
        guard let expected = expected[name] as? [Any], expected.count == got.count else {
            return false
        }
        return zip(got, expected.compactMap(number)).allSatisfy { isNear($0, $1) }
    }

    func isNear(_ got: Double, _ expected: Double) -> Bool {
        if got == expected { return true }
        let tolerance = members["tolerance"] as? [String: Any] ?? [:]
        let bound = max(
            number(tolerance["abs"]) ?? 0,
            (number(tolerance["rel"]) ?? 0) * expected.magnitude)
        return (got - expected).magnitude <= bound
    }
}

/// Infinities stand as strings in the files.
func number(_ value: Any?) -> Double? {
    if let text = value as? String { return Double(text) }
    return (value as? NSNumber)?.doubleValue
}

/// The vectors beside this file, and those of the folder that `STATISTICS_VECTORS` names.
func vectors() throws -> [Vector] {
    var folders = [checkout.appending(path: "Tests/StatisticsTests/Vectors")]
    if let more = ProcessInfo.processInfo.environment["STATISTICS_VECTORS"] {
        folders.append(URL(filePath: more))
    }
    return try folders.flatMap { folder in
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".json") }
            .flatMap { name -> [Vector] in
                let data = try Data(contentsOf: folder.appending(path: name))
                let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
                let cases = object?["cases"] as? [[String: Any]] ?? []
                return cases.compactMap { Vector($0, file: name) }
            }
    }
}

@Suite("Vectors")
struct VectorTests {
    @Test("all hold, and each method is known")
    func all() throws {
        let vectors = try vectors()
        #expect(vectors.count >= 322)
        for vector in vectors {
            let holds = try check(vector)
            #expect(holds != nil, "\(vector.file) \(vector.id): \(vector.method) is unknown")
            #expect(holds ?? true, "\(vector.file) \(vector.id)")
        }
    }

    /// Nil: the method is unknown.
    private func check(_ vector: Vector) throws -> Bool? {
        do {
            for check in [checkCounts, checkIntervals, checkDistances, checkSamples] {
                if let holds = try check(vector) { return holds }
            }
            if vector.method == "special_function" { return checkSpecialFunction(vector) }
        } catch let error as StatisticsError {
            return error.rawValue == vector.expected["error"] as? String
        }
        return try checkSequential(vector)
    }
}
