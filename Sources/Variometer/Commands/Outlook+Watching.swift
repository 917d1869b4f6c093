import Model

/// What a plan watches for beside its split, in words for `check`.
extension Outlook {
    var watched: [String] {
        let thresholds = plan.thresholds
        var lines = plan.ramps.map(words)
        if !plan.expectations.isEmpty {
            lines.append(
                "\(plan.expectations.count) expectation(s), held against every answer")
            lines += plan.expectations.map { "  " + $0.words }
        }
        lines += plan.watch.map { "\($0.joined(separator: " and ")) are watched as a pair" }
        if plan.thresholds != Thresholds() {
            lines.append(
                "worth waking someone: \(points(thresholds.points)), or"
                    + " \(percent(thresholds.relative)) of the share that is meant if that is less;"
                    + " latency \(percent(thresholds.latency)) and"
                    + " \(thresholds.latencyUs / 1_000) ms above what is usual; errors"
                    + " \(points(thresholds.failures)) above it")
        }
        return lines
    }

    private func words(_ ramp: Ramp) -> String {
        let what =
            switch ramp.serves {
            case .variation(let variation): "variation \(variation)"
            case .served: "who is served at all"
            }
        let steps = ramp.steps.map { step in
            "\(percent(step.percent / 100)) from \(step.at.rfc3339)"
        }
        return "\(ramp.experience)/\(ramp.audience) ramps \(what): "
            + steps.joined(separator: ", ")
            + "; \(span(Double(ramp.within) / 1e6)) of grace after each step"
    }
}

extension Objective {
    /// `objective: 99.0 % answered within 300 ms over 30 d`.
    var words: String {
        let good = latencyUs.map { "answered within \(span(Double($0) / 1e6))" } ?? "answered"
        let percent = (share * 1e8).rounded() / 1e6
        return "objective: \(percent) % \(good) over \(span(Double(overUs) / 1e6))"
    }
}
