import Foundation
import TestKit

/// A category of a distribution.
func draw(from probabilities: [Double], using generator: inout SplitMix64) -> Int {
    var rest = Double.random(in: 0..<1, using: &generator)
    for (category, probability) in probabilities.enumerated() {
        rest -= probability
        if rest < 0 { return category }
    }
    return probabilities.count - 1
}

/// How often each category is among the draws.
func counts(of draws: some Sequence<Int>, width: Int) -> [Int] {
    draws.reduce(into: [Int](repeating: 0, count: width)) { $0[$1] += 1 }
}

/// All ways to split a number over so many categories.
func forEachSplit(of total: Int, over width: Int, _ visit: ([Int]) throws -> Void) rethrows {
    func extend(_ head: [Int], _ rest: Int) throws {
        if head.count == width - 1 { return try visit(head + [rest]) }
        for count in 0...rest { try extend(head + [count], rest - count) }
    }
    try extend([], total)
}

/// The probability of counts under a distribution, their orders included.
func likelihood(_ counts: [Int], _ probabilities: [Double]) -> Double {
    var value = 0.0
    var seen = 0.0
    for (count, probability) in zip(counts, probabilities) where count > 0 {
        for index in 1...count {
            seen += 1
            value += log(seen / Double(index)) + log(probability)
        }
    }
    return exp(value)
}
