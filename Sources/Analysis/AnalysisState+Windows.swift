package import Model

/// What a closed window adds to the state.
extension AnalysisState {
    /// Counts the cohort of a plan at its target, by experience, from each one's epoch on.
    mutating func add(
        _ tally: Tally, of plan: Plan, in window: Window, configurations: [StoredConfiguration],
        from store: any WindowReading
    ) throws {
        let seen = Set(tally.counts.keys.map(\.experience)).union(tally.missing.keys)
        for experience in seen.sorted() {
            let since =
                allocationEpoch(of: experience, plan: plan.name, in: configurations)
                ?? window.start
            var split = remove(experience, of: plan)
            // An epoch that began: its subjects are counted anew.
            if split?.since != since { split = nil }
            var counted =
                split
                ?? EpochSplit(
                    target: plan.target, plan: plan.name, experience: experience, since: since,
                    epoch: allocationEpochNumber(
                        of: experience, plan: plan.name, in: configurations))
            if since <= window.start {
                counted.add(tally)
            } else if since < window.end {
                counted.add(try rest(of: window, since: since, of: plan, from: store))
            }
            insert(counted)
        }
        for ramp in plan.ramps {
            try add(tally, of: ramp, plan, in: window, configurations, from: store)
        }
    }

    /// Counts the cohort of a ramp, from the end of its last step's grace on.
    private mutating func add(
        _ tally: Tally, of ramp: Ramp, _ plan: Plan, in window: Window,
        _ configurations: [StoredConfiguration], from store: any WindowReading
    ) throws {
        guard
            let epoch = rampEpoch(
                of: ramp, plan: plan.name, at: window.start, in: configurations)
        else { return }
        var split = remove(ramp.experience, of: plan, ramp: ramp.audience)
        if split?.since != epoch.since { split = nil }
        var counted =
            split
            ?? EpochSplit(
                target: plan.target, plan: plan.name, experience: ramp.experience,
                ramp: ramp.audience, since: epoch.since, epoch: epoch.number)
        if epoch.since <= window.start {
            counted.add(tally)
        } else if epoch.since < window.end {
            counted.add(try rest(of: window, since: epoch.since, of: plan, from: store))
        }
        insert(counted)
    }

    /// What windows have counted of a plan's splits.
    package func splits(of plan: Plan) -> [EpochSplit] {
        splits.filter { $0.plan == plan.name && $0.target == plan.target }
    }

    /// Shows a window's subjects to the tests and detectors of a plan's splits. Returns where these
    /// have got to.
    mutating func watch(
        _ evidence: PlanEvidence, in window: Window, lnLimit: Double
    ) -> [SplitPoint] {
        let rows = openRows(evidence)
        return splits.indices.flatMap { place -> [SplitPoint] in
            let split = splits[place]
            guard split.plan == evidence.plan.name, split.target == evidence.target,
                split.since <= window.start
            else { return [] }
            return rows.filter {
                $0.experience == split.experience && $0.ramp == split.ramp
                    && $0.since == split.since
            }.compactMap {
                splits[place].watch($0, evidence.tallies, in: window, lnLimit: lnLimit)
            }
        }
    }

    /// The evidence of each experience of a plan, as reports have it.
    func epochs(of plan: Plan) -> [String: EpochEvidence] {
        let own = splits(of: plan).filter { $0.ramp == nil }
        return Dictionary(
            own.map {
                ($0.experience, EpochEvidence(since: $0.since, number: $0.epoch, tally: $0.tally))
            },
            uniquingKeysWith: { $1 })
    }

    /// The evidence of each ramp of a plan.
    package func ramps(of plan: Plan) -> [RampEvidence] {
        let own = splits(of: plan)
        return plan.ramps.map { ramp in
            let split = own.first { $0.experience == ramp.experience && $0.ramp == ramp.audience }
            return RampEvidence(
                ramp: ramp,
                epoch: split.map {
                    EpochEvidence(since: $0.since, number: $0.epoch, tally: $0.tally)
                })
        }
    }

    /// What was due in a window from an instant within it on.
    private func rest(
        of window: Window, since: Instant, of plan: Plan, from store: any WindowReading
    ) throws -> Tally {
        var roller = Roller(shapes: [:])
        try store.digests(
            in: Span(since: since, until: window.end), target: plan.target, plan: plan.name
        ) { roller.add($0) }
        return roller.take().first?.tally ?? Tally()
    }

    private mutating func remove(
        _ experience: String, of plan: Plan, ramp: String? = nil
    ) -> EpochSplit? {
        let place = splits.firstIndex {
            $0.experience == experience && $0.plan == plan.name && $0.target == plan.target
                && $0.ramp == ramp
        }
        return place.map { splits.remove(at: $0) }
    }

    private mutating func insert(_ split: EpochSplit) {
        func order(_ split: EpochSplit) -> (String, String, String, String) {
            (split.target, split.plan, split.experience, split.ramp ?? "")
        }
        let place = splits.firstIndex { order($0) > order(split) }
        splits.insert(split, at: place ?? splits.endIndex)
    }
}

extension EpochSplit {
    fileprivate mutating func add(_ tally: Tally) {
        missing += tally.missing[experience] ?? 0
        for (key, count) in tally.counts
        where key.experience == experience && key.population == .cohort && key.outcome.isResolved {
            let place = arms.firstIndex {
                $0.outcome == key.outcome && $0.audience == key.audience
                    && $0.variation == key.variation
            }
            if let place {
                arms[place].count += count
            } else {
                arms.append(
                    Arm(
                        outcome: key.outcome, audience: key.audience, variation: key.variation,
                        count: count))
            }
        }
        arms.sort {
            ($0.outcome.rawValue, $0.audience ?? "", $0.variation ?? "")
                < ($1.outcome.rawValue, $1.audience ?? "", $1.variation ?? "")
        }
    }

    fileprivate var tally: Tally {
        var tally = Tally()
        if missing > 0 { tally.missing[experience] = missing }
        for arm in arms {
            let key = CountKey(
                experience: experience, population: .cohort, outcome: arm.outcome,
                audience: arm.audience, variation: arm.variation)
            tally.counts[key] = arm.count
        }
        return tally
    }
}
