import Model

/// What became of an attempt whose failure is data, not an error: never thrown.
enum Verdict<Value> {
    case answered(Value)
    case failed(Failure)

    func flatMap<Other>(_ read: (Value) -> Verdict<Other>) -> Verdict<Other> {
        switch self {
        case .answered(let value): read(value)
        case .failed(let failure): .failed(failure)
        }
    }
}

extension Verdict: Sendable where Value: Sendable {}
