import Model

extension Reader {
    /// The targets that a plan compares with its own, in the order of the pairs. `own` is nil
    /// where it is at fault: which target of a pair is the other one is then unknown.
    mutating func compared(_ value: Value, own: String?, among targets: [Member]) -> [String] {
        guard let items = items(of: value) else { return [] }
        // `[production, canary]`: a pair that is not in a list of pairs.
        if let first = items.first, case .scalar = first.content {
            fault("must be a list of pairs", at: value, hint: pairHint)
            return []
        }
        var seen: [String: Place] = [:]
        return items.compactMap { item in
            guard let pair = pair(item, among: targets), let own else { return nil }
            guard pair.contains(own) else {
                fault(
                    "leaves out the plan's own target", at: item,
                    hint: "a plan compares its own target with others")
                return nil
            }
            return pair.first { $0 != own }.flatMap {
                isNew($0, at: item, called: "this pair", in: &seen) ? $0 : nil
            }
        }
    }

    /// Two different targets of this file.
    private mutating func pair(_ value: Value, among targets: [Member]) -> [String]? {
        guard let items = items(of: value) else { return nil }
        guard items.count == 2 else {
            fault("must be a pair of targets", at: value, hint: pairHint)
            return nil
        }
        var seen: [String: Place] = [:]
        let names = items.compactMap { item -> String? in
            guard let name = target(item, among: targets),
                isNew(name, at: item, called: "this target", in: &seen)
            else { return nil }
            return name
        }
        return names.count == 2 ? names : nil
    }
}

private let pairHint = "for example [[production, canary]]"
