import Model

extension Reader {
    /// The ramps of a plan that watches `watched`. None stands beside an allocation of the same
    /// audience, nor one of who is served at all beside a control of the same experience.
    mutating func ramps(
        _ value: Value, watched: ExperienceSelection?, beside meant: MeantSplit, zone: Zone
    ) -> [Ramp] {
        (members(of: value) ?? []).flatMap { experience in
            checkWatched(
                experience.key, at: experience.place, path: experience.value.path, watched)
            return (members(of: experience.value) ?? []).compactMap { audience -> Ramp? in
                checkAlone(audience, of: experience, beside: meant)
                return ramp(audience, of: experience, beside: meant, zone: zone)
            }
        }
    }

    private mutating func checkAlone(
        _ audience: Member, of experience: Member, beside meant: MeantSplit
    ) {
        if audience.name.isEmpty {
            faults.add(
                "an audience has no name", at: audience.place, path: experience.value.path)
        }
        let isAllocated = meant.allocations.contains {
            $0.experience == experience.name && $0.audience == audience.name
        }
        if isAllocated {
            faults.add(
                "stands beside an allocation of the same audience", at: audience.place,
                path: audience.value.path,
                hint: "a ramp is an allocation that steps: state one of them")
        }
    }

    private mutating func ramp(
        _ audience: Member, of experience: Member, beside meant: MeantSplit, zone: Zone
    ) -> Ramp? {
        let faultsBefore = faults.count
        guard let source = members(of: audience.value, RampKey.self) else { return nil }
        let serves = served(source, to: audience, of: experience, beside: meant)
        let rest = rest(source, beside: serves)
        let within =
            source[.within].map { duration($0, in: 0...31 * Instant.microsecondsPerDay) }
            ?? Ramp.usualGraceUs
        let steps = required(
            .steps, of: source, hint: "[{ at: 2026-11-16T09:00:00Z, share: 5 }, …]"
        ).flatMap { self.steps($0, zone: zone) }
        guard faults.count == faultsBefore, let serves, let within, let steps else { return nil }
        return Ramp(
            experience: experience.name, audience: audience.name, serves: serves, rest: rest,
            within: within, steps: steps)
    }

    /// What the shares of a ramp are shares of: `variation` or `served`.
    private mutating func served(
        _ source: Members<RampKey>, to audience: Member, of experience: Member,
        beside meant: MeantSplit
    ) -> Ramp.Served? {
        guard let value = source[.served] else {
            let hint = "the one that the ramp widens, or served: true under all"
            return required(.variation, of: source, hint: hint).flatMap { text(of: $0) }
                .map { .variation($0.text) }
        }
        guard let isServed = truth(value) else { return nil }
        if !isServed {
            fault("can only be true", at: value, hint: "leave it out and state a variation")
        } else if source[.variation] != nil {
            fault("stands beside variation", at: value, hint: "state one of them")
        } else if audience.name != Ramp.everyone {
            fault(
                "stands only under the audience all", at: value,
                hint: "who is served at all has no audience yet")
        } else if meant.controls[experience.name] != nil {
            fault(
                "stands beside a control of the same experience", at: value,
                hint: "a control is a share of served users that does not step: state one of them")
        } else {
            return .served
        }
        return nil
    }

    /// The variation that gets what is left.
    private mutating func rest(_ source: Members<RampKey>, beside serves: Ramp.Served?) -> String? {
        switch serves {
        case .variation(let variation):
            guard
                let value = required(.rest, of: source, hint: "the variation that gets the rest"),
                let rest = text(of: value)
            else { return nil }
            if rest.text == variation {
                fault("is the ramp's own variation", at: value, hint: "name the other one")
            }
            return rest.text
        case .served:
            if let rest = source[.rest] {
                fault(
                    "stands beside served", at: rest, hint: "who is not served gets no variation")
            }
            return nil
        case nil: return nil
        }
    }

    private mutating func steps(_ value: Value, zone: Zone) -> [Ramp.Step]? {
        guard let items = someItems(of: value) else { return nil }
        guard items.count <= Ramp.stepLimit else {
            fault("lists more than \(Ramp.stepLimit) steps", at: value)
            return nil
        }
        var steps: [Ramp.Step] = []
        for item in items {
            guard let source = members(of: item, StepKey.self) else { continue }
            let hint = "{ at: 2026-11-16T09:00:00Z, share: 5 }"
            let place = required(.at, of: source, hint: hint)
            let at = place.flatMap { instant($0, zone: zone) }
            let share = required(.share, of: source, hint: hint).flatMap { percent($0) }
            if let at, let place, let last = steps.last, at <= last.at {
                fault("is not after the step before it", at: place, hint: "steps ascend in time")
            } else if let at, let share {
                steps.append(Ramp.Step(at: at, percent: share))
            }
        }
        return steps.count == items.count ? steps : nil
    }
}

extension Ramp {
    /// How long answers lag behind a step unless it is stated: ten minutes.
    fileprivate static let usualGraceUs = 600 * Instant.microsecondsPerSecond
    fileprivate static let stepLimit = 64
}
