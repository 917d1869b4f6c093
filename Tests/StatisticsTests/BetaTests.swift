import Foundation
import Statistics
import Testing

@Suite("Beta functions")
struct BetaTests {
    /// mpmath 1.4.1, 40 digits.
    @Test("agree with values of many digits", arguments: betaCases)
    func values(a: Double, b: Double, x: Double, lnB: Double, lnI: Double) {
        #expect(abs(lnBeta(a, b) - lnB) <= 1e-13 * abs(lnB) + 1e-14)
        #expect(abs(lnRegularizedBeta(a, b, x) - lnI) <= 1e-10 * max(1, abs(lnI)))
    }

    @Test("of both tails add up to 1")
    func tails() {
        for (a, b, x) in [(0.5, 3.0, 0.2), (40, 60, 0.41), (5_000, 20, 0.997)] {
            let sum = exp(lnRegularizedBeta(a, b, x)) + exp(lnRegularizedBeta(b, a, 1 - x))
            #expect(abs(sum - 1) < 1e-12)
        }
    }
}

private let betaCases: [(Double, Double, Double, Double, Double)] = [
    (0.5, 0.5, 0.3, 1.1447298858494002, -0.99693121102077808),
    (2.0, 9.0, 0.25, -4.4998096703302651, -0.2797472769146919),
    (0.01, 40.0, 0.001, 4.5627153386532711, -0.027005260824828951),
    (12.0, 3.0, 0.99, -6.9957661563048504, -0.00033519785107260165),
    (300.0, 700.0, 0.29, -612.61860379509223, -1.3999389199128661),
    (300.0, 700.0, 0.5, -612.61860379509223, -5.2862807475943691e-38),
    (25.0, 100000.0, 0.0001, -233.04140698117339, -9.9637912669523836),
]
