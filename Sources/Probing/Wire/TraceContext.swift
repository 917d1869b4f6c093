/// A trace that a request is part of (W3C Trace Context, level 1, §3.2).
struct TraceContext: Hashable, Sendable {
    /// 32 lower-case hexadecimal digits, not all 0.
    let traceID: String
    /// 16 of them: the span that sends the request.
    let parentID: String

    init(using generator: inout some RandomNumberGenerator) {
        let draws = (0..<3).map { _ in UInt64.random(in: 1...UInt64.max, using: &generator) }
        traceID = sixteenDigits(draws[0]) + sixteenDigits(draws[1])
        parentID = sixteenDigits(draws[2])
    }

    /// The flags say that we do not sample: whoever records traces decides.
    var traceparent: String { "00-\(traceID)-\(parentID)-00" }
}

private func sixteenDigits(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
