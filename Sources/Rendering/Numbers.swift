import Model

/// Numbers as people read them.

/// `30,240`.
package func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
}

/// A number with a fixed count of decimals, rounded half away from zero.
package func fixed(_ number: Double, _ decimals: Int) -> String {
    guard number.isFinite else { return number.isNaN ? "–" : number > 0 ? "∞" : "-∞" }
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    let scaled = (number * scale).rounded(.toNearestOrAwayFromZero)
    guard abs(scaled) < 1e15 else { return String(number) }
    let whole = Int(abs(scaled))
    let sign = scaled < 0 && whole > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let divisor = Int(scale)
    let fraction = String(whole % divisor)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return sign + String(whole / divisor) + "." + zeros + fraction
}

/// A share as percent without its sign: `50.4`.
func percent(_ share: Double, _ decimals: Int = 1) -> String { fixed(share * 100, decimals) }

/// `<0.0001`, `0.0123`, `1.2e-09`: the digits that matter.
func probability(_ p: Double) -> String {
    if p == 0 { return "0" }
    if p >= 0.0001 { return fixed(p, 4) }
    var exponent = 0
    var mantissa = p
    while mantissa < 1 {
        mantissa *= 10
        exponent += 1
    }
    return "\(fixed(mantissa, 1))e-\(exponent)"
}

/// Microseconds as `850 µs`, `12.3 ms`, `182 ms`, `1.20 s`; unknown is a dash.
func duration(_ microseconds: Int64?) -> String {
    guard let microseconds else { return "–" }
    switch microseconds {
    case ..<1_000: return "\(microseconds) µs"
    case ..<100_000: return fixed(Double(microseconds) / 1e3, 1) + " ms"
    case ..<1_000_000: return fixed(Double(microseconds) / 1e3, 0) + " ms"
    default: return fixed(Double(microseconds) / 1e6, 2) + " s"
    }
}

/// The segment in words; everyone is named.
func words(_ segment: Segment) -> String { segment.order == 0 ? "everyone" : segment.words }

/// A name for an audience: its id, and what it is called.
func audienceText(_ id: String?, _ name: String?) -> String {
    guard let id else { return "–" }
    guard let name, name != id else { return id }
    return "\(id) \"\(name)\""
}
