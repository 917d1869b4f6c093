package import Model

/// What happened since the present step of a ramp holds.
package struct RampEvidence: Sendable {
    package var ramp: Ramp
    /// Nil: nothing was counted since then.
    package var epoch: EpochEvidence?

    package init(ramp: Ramp, epoch: EpochEvidence?) {
        self.ramp = ramp
        self.epoch = epoch
    }
}

/// Since when the present step of a ramp is tested: the end of its grace, or the configuration that
/// first stated the ramp as it is. Nil: before its first step.
///
/// Each step begins an epoch, tested at α/(j(j+1)).
func rampEpoch(
    of ramp: Ramp, plan name: String, at instant: Instant,
    in configurations: [StoredConfiguration]
) -> (since: Instant, number: Int)? {
    guard let step = ramp.step(at: instant) else { return nil }
    let stating = configurations.reversed().prefix {
        $0.configuration.plan(named: name)?.ramps.contains(ramp) ?? false
    }
    let begun = step.at.advanced(by: ramp.within)
    return (
        max(begun, stating.last?.validFrom ?? begun),
        (ramp.steps.firstIndex(of: step) ?? 0) + 1
    )
}

extension PlanEvidence {
    /// The ramp that an audience of an experience is widened by; nil: it has none.
    func ramp(of experience: String, audience: String) -> Ramp? {
        plan.ramps.first { ramp in
            guard ramp.experience == experience, case .variation = ramp.serves else { return false }
            return names(ramp.audience, audience)
        }
    }

    /// The split of each ramp's present step, over the cohort since then.
    func rampRows() -> [SplitRow] {
        ramps.compactMap { evidence in
            guard let epoch = evidence.epoch else { return nil }
            switch evidence.ramp.serves {
            case .variation: return variationRow(evidence.ramp, epoch)
            case .served: return servedRow(evidence.ramp, epoch)
            }
        }
    }

    private func variationRow(_ ramp: Ramp, _ epoch: EpochEvidence) -> SplitRow? {
        guard let allocation = ramp.allocation(at: epoch.since) else { return nil }
        var observed: [String: [String: Int]] = [:]
        for (key, count) in epoch.tally.counts
        where key.experience == ramp.experience && key.population == .cohort
            && key.outcome == .served
        {
            observed[key.audience ?? "", default: [:]][key.variation ?? "", default: 0] += count
        }
        let audience = observed.keys.sorted().first { names(ramp.audience, $0) } ?? ramp.audience
        var row = audienceRow(
            ramp.experience, audience, observed[audience] ?? [:], allocation, epoch, self)
        row.ramp = ramp.audience
        return row
    }

    private func servedRow(_ ramp: Ramp, _ epoch: EpochEvidence) -> SplitRow? {
        guard let percent = ramp.planned(at: epoch.since) else { return nil }
        let counts = epoch.tally.counts.filter {
            $0.key.experience == ramp.experience && $0.key.population == .cohort
                && $0.key.outcome.isResolved
        }
        var row = servedOrNot(
            ramp.experience, counts, served: percent / 100, epoch, self)
        row.ramp = ramp.audience
        return row
    }
}
