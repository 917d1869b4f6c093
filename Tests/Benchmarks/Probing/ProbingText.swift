import Foundation

/// The figures for people: a table of each comparison, and below it each number beside its goal.
extension ProbingFigures {
    var text: String {
        let target = "nginx on loopback, medians of \(rounds) rounds on \(cores) cores"
        return [
            "probing: \(target);\nratios are of the same round: compare within a table, not between two\n",
            "keep-alive, plain HTTP, 50 connections\n" + keepAlive.table + lines(keepAliveClaims),
            "a new connection each\n" + (newConnection.figure?.table ?? "")
                + reason(newConnection) + lines(newConnectionClaims),
            "TLS, kept connections\n" + tls.table + lines(tlsClaims),
            "\(memory.figure?.inFlight.formatted ?? "many") probes in flight\n"
                + reason(memory) + lines(memoryClaims),
            "1,000 probes a second\n" + lines(lagClaims)
                + "  lag max \(lag.maxUs.text(digits: 0)) µs\n",
        ].joined(separator: "\n")
    }

    private func reason<Figure>(_ figure: Measured<Figure>) -> String {
        figure.reason.map { "  not measured: \($0)\n" } ?? ""
    }

    private func lines(_ claims: [Claim]) -> String {
        claims.map { "  \($0.line)\n" }.joined()
    }
}

extension Claim {
    fileprivate var line: String {
        let goal =
            switch goal {
            case .atMost(let limit): "at most \(limit.text(digits: limit < 10 ? 1 : 0))"
            case .atLeast(let limit): "at least \(limit.text(digits: limit < 10 ? 1 : 0))"
            }
        let number = value.map { $0.text(digits: unit == .ratio ? 2 : 0) } ?? "unknown"
        switch unit {
        case .ratio:
            return text.replacing("×", with: "\(number) ×") + "  (goal: \(goal))"
        case .bytes: return "\(text) \(number) bytes  (goal: \(goal))"
        case .microseconds: return "\(text) \(number) µs  (goal: \(goal))"
        }
    }
}

extension Comparison {
    fileprivate var table: String {
        let head = row(
            "", ["answered/s", "CPU µs each", "least–most", "peak MB", "dropped"])
        let rows = medians.map { contestant, medians in
            row(
                contestant.rawValue.replacing("_", with: " "),
                [
                    medians.perSecond.text(digits: 0), medians.cpuUsEach.text(digits: 1),
                    medians.cpuUsRange.least.text(digits: 1) + "–"
                        + medians.cpuUsRange.most.text(digits: 1),
                    (medians.peakBytes / 1e6).text(digits: 1), medians.dropped.text(digits: 0),
                ])
        }
        return head + rows.joined()
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        let width = 22
        let padded = cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }
        return "  " + name + String(repeating: " ", count: max(0, width - name.count))
            + padded.joined() + "\n"
    }
}

extension Double {
    /// With so many digits behind the point and commas between thousands.
    func text(digits: Int) -> String {
        let fixed = String(format: "%.\(digits)f", self)
        let parts = fixed.split(separator: ".", maxSplits: 1)
        let whole = (Int(parts[0]) ?? 0).formatted
        return parts.count == 1 ? whole : whole + "." + parts[1]
    }
}

extension Int {
    /// With commas between thousands.
    var formatted: String {
        var text = ""
        for (index, digit) in String(magnitude).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}
