import Model

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
                ?? SplitEvidence(
                    target: plan.target, plan: plan.name, experience: experience, since: since)
            if since <= window.start {
                counted.add(tally)
            } else if since < window.end {
                counted.add(try rest(of: window, since: since, of: plan, from: store))
            }
            insert(counted)
        }
    }

    /// The evidence of each experience of a plan, as reports have it.
    func epochs(of plan: Plan) -> [String: EpochEvidence] {
        let own = splits.filter { $0.plan == plan.name && $0.target == plan.target }
        return Dictionary(
            own.map { ($0.experience, EpochEvidence(since: $0.since, tally: $0.tally)) },
            uniquingKeysWith: { $1 })
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

    private mutating func remove(_ experience: String, of plan: Plan) -> SplitEvidence? {
        let place = splits.firstIndex {
            $0.experience == experience && $0.plan == plan.name && $0.target == plan.target
        }
        return place.map { splits.remove(at: $0) }
    }

    private mutating func insert(_ split: SplitEvidence) {
        func order(_ split: SplitEvidence) -> (String, String, String) {
            (split.target, split.plan, split.experience)
        }
        let place = splits.firstIndex { order($0) > order(split) }
        splits.insert(split, at: place ?? splits.endIndex)
    }
}

extension SplitEvidence {
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
