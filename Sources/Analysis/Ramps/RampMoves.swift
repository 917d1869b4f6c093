import Model

/// The panel's flips that a ramp is about.
struct RampMoves {
    /// Into what the ramp widens, around a step that widens it.
    private(set) var admitted: [CellChange] = []
    /// Out of it, while no step narrows it.
    private(set) var dropped: [CellChange] = []

    init(of ramp: Ramp, _ evidence: PlanEvidence) {
        for flip in evidence.flips
        where evidence.isFresh(flip) && evidence.isMove(flip, of: ramp) {
            let isIn = evidence.isAdmitted(flip.after, by: ramp)
            let step = evidence.step(of: ramp, around: flip)
            switch (isIn, step) {
            case (true, .up): admitted.append(flip)
            case (false, .up), (false, nil): dropped.append(flip)
            case (true, nil), (_, .down): break
            }
        }
    }
}

extension PlanEvidence {
    enum Step { case up, down }

    func isFresh(_ flip: CellChange) -> Bool { flipsSince.map { $0 <= flip.at } ?? true }

    /// True: it came within the round that the fresh ones may belong to. A round asks every cell once:
    /// what one edit moves shows within one.
    func isRecent(_ flip: CellChange) -> Bool {
        flipsSince.map { $0.advanced(by: -roundUs) <= flip.at } ?? true
    }

    /// True: a flip into or out of what a ramp widens, and nothing else.
    func isMove(_ flip: CellChange, of ramp: Ramp) -> Bool {
        guard flip.experience == ramp.experience else { return false }
        switch ramp.serves {
        case .served:
            return flip.before.outcome != flip.after.outcome
        case .variation:
            return flip.isWithinAudience && names(ramp.audience, flip.before.audience ?? "")
                && isAdmitted(flip.before, by: ramp) != isAdmitted(flip.after, by: ramp)
        }
    }

    func isAdmitted(_ answer: CellAnswer, by ramp: Ramp) -> Bool {
        switch ramp.serves {
        case .served: answer.outcome == .served
        case .variation(let variation): answer.variation == variation
        }
    }

    /// The step that a flip may follow: it took place between two rounds, at any time of which the
    /// step and its grace may have been. Nil: none was near.
    func step(of ramp: Ramp, around flip: CellChange) -> Step? {
        let earliest = flip.formerSeen ?? flip.at.advanced(by: -roundUs)
        guard
            let place = ramp.steps.lastIndex(where: {
                $0.at <= flip.at && earliest < $0.at.advanced(by: ramp.within)
            })
        else { return nil }
        let before = place == 0 ? 0 : ramp.steps[place - 1].percent
        return ramp.steps[place].percent >= before ? .up : .down
    }

    /// True: a ramp explains or judges this flip; it is told there and nowhere else.
    func isOfRamp(_ flip: CellChange) -> Bool {
        plan.ramps.contains { ramp in
            guard isMove(flip, of: ramp) else { return false }
            // In the planned direction without a step: an edit that nobody planned.
            return !isAdmitted(flip.after, by: ramp) || step(of: ramp, around: flip) != nil
        }
    }
}
