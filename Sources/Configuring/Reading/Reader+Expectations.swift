import Model
import Planning

extension Reader {
    /// What a plan expects to be answered. `matrix` is nil where it is at fault: which contexts
    /// there are is then unknown.
    mutating func expectations(
        _ value: Value, watched: ExperienceSelection?, matrix: MatrixDefinition?
    ) -> [Expectation] {
        guard let items = items(of: value) else { return [] }
        guard items.count <= Expectation.limit else {
            fault("lists more than \(Expectation.limit) expectations", at: value)
            return []
        }
        var seen: [Expectation: Place] = [:]
        return items.compactMap { item in
            guard let expectation = expectation(item, watched: watched, matrix: matrix),
                isNew(expectation, at: item, called: "this expectation", in: &seen)
            else { return nil }
            return expectation
        }
    }

    private mutating func expectation(
        _ value: Value, watched: ExperienceSelection?, matrix: MatrixDefinition?
    ) -> Expectation? {
        let faultsBefore = faults.count
        guard let source = members(of: value, ExpectationKey.self) else { return nil }
        let hint = "{ when: { geo: IN }, experience: hero, audience: \"7W\" }"
        let experience = required(.experience, of: source, hint: hint).flatMap { text(of: $0) }
        if let experience, let place = source[.experience] {
            checkWatched(experience, at: place.place, path: place.path, watched)
        }
        var expectation = Expectation(experience: experience?.text ?? "")
        expectation.audience = source[.audience].flatMap { text(of: $0) }?.text
        expectation.variation = source[.variation].flatMap { text(of: $0) }?.text
        expectation.outcome = source[.outcome].flatMap { resolvedOutcome($0) }
        if let payload = source[.payload] { expectation.payload = payloadMembers(payload) }
        checkWanted(source)
        if let when = source[.when], let matrix {
            expectation.when = conditions(when, of: matrix)
        }
        return faults.count == faultsBefore ? expectation : nil
    }

    /// An answer of the API; what failed is no answer.
    private mutating func resolvedOutcome(_ value: Value) -> Outcome? {
        parsed(value, as: "an outcome of an answer", hint: "served or unmatched") { text in
            Outcome(rawValue: text).flatMap { $0.isResolved ? $0 : nil }
        }
    }

    /// Something is expected, and what is unmatched has no more to it.
    private mutating func checkWanted(_ source: Members<ExpectationKey>) {
        let parts: [ExpectationKey] = [.audience, .variation, .payload]
        if source[.outcome] == nil, parts.allSatisfy({ source[$0] == nil }) {
            fault(
                "expects nothing", at: source.owner,
                hint: "state audience, variation, outcome or payload")
        }
        guard case .scalar(let outcome)? = source[.outcome]?.content,
            outcome.text == Outcome.unmatched.rawValue
        else { return }
        for part in parts {
            if let value = source[part] {
                fault(
                    "stands beside outcome: unmatched", at: value,
                    hint: "where nothing is served there is no \(part.rawValue)")
            }
        }
    }
}

// MARK: What is served

extension Reader {
    /// Members of the payload and their values, as text.
    private mutating func payloadMembers(_ value: Value) -> [PayloadMember] {
        guard let named = members(of: value) else { return [] }
        if named.isEmpty {
            fault(
                "names no member", at: value, hint: "for example { Title: \"Festive sale\" }")
        }
        if named.count > PayloadMember.limit {
            fault("names more than \(PayloadMember.limit) members", at: value)
        }
        return named.compactMap { member in
            guard !member.name.isEmpty else {
                faults.add("a member has no name", at: member.place, path: value.path)
                return nil
            }
            return payloadText(member.value).map { PayloadMember(name: member.name, value: $0) }
        }
    }

    /// Any text: a payload's may be empty, or have several lines.
    private mutating func payloadText(_ value: Value) -> String? {
        let hint =
            "a text as it is; anything else as compact JSON in quotation marks, with sorted keys"
        guard case .scalar(let scalar) = value.content else {
            if !isUnusable(value) {
                fault("must be a single value, this is \(value.kind)", at: value, hint: hint)
            }
            return nil
        }
        if scalar.isNull {
            fault("has no value", at: value, hint: "\"\" is the empty text, \"null\" is null")
        } else if scalar.text.utf8.count > PayloadMember.valueLimit {
            fault("is longer than \(PayloadMember.valueLimit) bytes", at: value)
        } else {
            return scalar.text
        }
        return nil
    }
}

// MARK: Where it holds

extension Reader {
    /// The contexts that an expectation is about: values by dimension, as excludes name them.
    private mutating func conditions(
        _ value: Value, of matrix: MatrixDefinition
    ) -> [Expectation.Condition] {
        guard let named = members(of: value) else { return [] }
        if named.isEmpty {
            fault("names no dimension", at: value, hint: "leave it out: then it is every context")
        }
        let axes = matrix.axes
        let conditions = named.compactMap { member -> Expectation.Condition? in
            guard let axis = axis(member, in: value, among: axes) else { return nil }
            let isTime = [Dimension.day, Dimension.hour].contains(member.name)
            if isTime, case .scalar(let scalar) = member.value.content, scalar.text == "all" {
                return Expectation.Condition(dimension: member.name, values: axis.values)
            }
            return values(of: member, on: axis, coversMore: true).map {
                Expectation.Condition(dimension: member.name, values: $0)
            }
        }
        if conditions.count == named.count, !named.isEmpty, !matrix.hasContext(conditions) {
            fault(
                "holds in no context of this matrix", at: value, hint: "its excludes leave none")
        }
        return conditions
    }
}

extension MatrixDefinition {
    /// True: some context meets all conditions, or there are too many to tell.
    fileprivate func hasContext(_ conditions: [Expectation.Condition]) -> Bool {
        var narrowed = self
        let axes = axes
        for condition in conditions {
            guard let axis = axes[condition.dimension], !axis.isNow else { continue }
            let others = axis.values.filter { !condition.values.contains($0) }
            if !others.isEmpty { narrowed.excludes.append(Exclude([condition.dimension: others])) }
        }
        return Matrix.contextCount(of: narrowed) != 0
    }
}

extension Expectation {
    /// Each answer is held against all of its experience.
    fileprivate static let limit = 256
}
