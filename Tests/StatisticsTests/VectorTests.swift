import Foundation
import Statistics
import TestKit
import Testing

/// A case of a vectors file: what goes in, what several libraries agreed comes out.
struct Vector: CustomTestStringConvertible {
    let id: String
    let method: String
    let file: String
    private let members: [String: Any]

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

    /// True if the number is the expected one within the case's tolerance.
    func matches(_ got: Double, _ name: String) -> Bool {
        guard let expected = number(self.expected[name]) else { return false }
        if got == expected { return true }
        let tolerance = members["tolerance"] as? [String: Any] ?? [:]
        let bound = max(
            number(tolerance["abs"]) ?? 0, (number(tolerance["rel"]) ?? 0) * abs(expected))
        return abs(got - expected) <= bound
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
    @Test("of the methods that are built all hold")
    func all() throws {
        let vectors = try vectors()
        var unknown: [String: Int] = [:]
        var checked = 0
        for vector in vectors {
            switch try check(vector) {
            case nil: unknown[vector.method, default: 0] += 1
            case let holds?:
                checked += 1
                #expect(holds, "\(vector.file) \(vector.id)")
            }
        }
        if !unknown.isEmpty { print("not built: \(unknown.sorted { $0.key < $1.key })") }
        #expect(checked >= 60)
    }

    /// Nil: the method is not built.
    private func check(_ vector: Vector) throws -> Bool? {
        switch vector.method {
        case "srm_chi_square": try chiSquare(vector)
        case "wilson_interval": try wilson(vector)
        case "special_function": specialFunction(vector)
        default: nil
        }
    }

    private func chiSquare(_ vector: Vector) throws -> Bool {
        let counts = vector.input["counts"] as? [Int] ?? []
        let probabilities = (vector.input["probabilities"] as? [Any] ?? []).compactMap(number)
        do {
            let result = try chiSquareTest(counts: counts, probabilities: probabilities)
            return vector.matches(result.statistic, "statistic")
                && vector.matches(Double(result.degreesOfFreedom), "df")
                && vector.matches(result.p, "p_value") && vector.matches(result.lnP, "ln_p_value")
        } catch {
            return error.rawValue == vector.expected["error"] as? String
        }
    }

    private func wilson(_ vector: Vector) throws -> Bool {
        do {
            let interval = try wilsonInterval(
                successes: vector.input["successes"] as? Int ?? -1,
                trials: vector.input["trials"] as? Int ?? -1,
                alpha: number(vector.params["alpha"]) ?? -1)
            return vector.matches(interval.lower, "lower")
                && vector.matches(interval.upper, "upper")
        } catch {
            return error.rawValue == vector.expected["error"] as? String
        }
    }

    private func specialFunction(_ vector: Vector) -> Bool? {
        let arguments = (vector.input["args"] as? [Any] ?? []).compactMap(number)
        let value: Double? =
            switch vector.input["function"] as? String {
            case "ln_regularized_gamma_q": lnRegularizedGammaQ(arguments[0], arguments[1])
            case "regularized_gamma_q": exp(lnRegularizedGammaQ(arguments[0], arguments[1]))
            case "regularized_gamma_p": regularizedGammaP(arguments[0], arguments[1])
            case "normal_quantile": normalQuantile(arguments[0])
            case "ln_normal_sf": lnNormalTail(arguments[0])
            default: nil
            }
        return value.map { vector.matches($0, "value") }
    }
}
