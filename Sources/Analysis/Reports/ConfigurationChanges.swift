import Model

/// What configurations began that took the place of others: an epoch where another split is meant,
/// else a plan that is another one.
func begun(_ configurations: [StoredConfiguration]) -> [DatedChanges.Change] {
    configurations.indices.dropFirst().flatMap { place -> [DatedChanges.Change] in
        let former = Array(configurations[..<place])
        let present = configurations[place]
        return present.configuration.plans.flatMap { plan -> [DatedChanges.Change] in
            let epochs = begunEpochs(of: plan, former, Array(configurations[...place]))
            guard let words = edit(of: plan, isTold: !epochs.isEmpty, former, present) else {
                return epochs
            }
            let mark = ChartMark(at: present.validFrom, kind: .configuration, words: words)
            return epochs + [DatedChanges.Change(mark: mark, plan: plan.name)]
        }
    }
}

private func begunEpochs(
    of plan: Plan, _ former: [StoredConfiguration], _ present: [StoredConfiguration]
) -> [DatedChanges.Change] {
    guard former.last?.configuration.plan(named: plan.name) != nil else { return [] }
    let stated = plan.allocations.map(\.experience) + plan.epoch.byExperience.keys
    return Set(stated).sorted().compactMap { experience in
        let before = allocationEpoch(of: experience, plan: plan.name, in: former)
        guard let since = allocationEpoch(of: experience, plan: plan.name, in: present),
            since != before
        else { return nil }
        let meant = plan.allocations.filter { $0.experience == experience }.map(\.words)
        return DatedChanges.Change(
            mark: ChartMark(
                at: since, kind: .epoch,
                words: "\(experience): an epoch begins"
                    + (meant.isEmpty ? "" : ", meant are \(meant.joined(separator: ", "))")),
            plan: plan.name, experience: experience)
    }
}

/// What a configuration did to a plan beside beginning epochs; nil: nothing. `isTold`: an epoch that
/// begins tells that allocations are others.
private func edit(
    of plan: Plan, isTold: Bool, _ former: [StoredConfiguration], _ present: StoredConfiguration
) -> String? {
    guard let last = former.last?.configuration, var old = last.plan(named: plan.name) else {
        return "\(plan.name): a new plan"
    }
    if isTold { (old.allocations, old.epoch) = (plan.allocations, plan.epoch) }
    if old != plan { return "\(plan.name): the plan was edited" }
    let moved = plan.targets.filter {
        last.target(named: $0) != present.configuration.target(named: $0)
    }
    return moved.isEmpty ? nil : "\(moved.joined(separator: ", ")): the target was edited"
}

extension Allocation {
    /// `50.0 / 50.0 % of 7W`.
    fileprivate var words: String {
        "\(percents(shares.map { $0.percent / 100 })) % of \(audience)"
    }
}
