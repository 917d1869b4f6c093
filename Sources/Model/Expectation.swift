/// What an experience is expected to answer in the contexts that some conditions hold in.
package struct Expectation: Hashable, Sendable, Codable {
    /// All of them must hold; none: every context.
    package var when: [Condition]
    package var experience: String
    /// An audience's id or its name.
    package var audience: String?
    /// With a payload: whose payload it is. Which variation a user gets is the split's affair; then
    /// answers without it are neither held nor broken.
    package var variation: String?
    package var outcome: Outcome?
    /// Members of the payload of what is served. Members that are not named may be anything.
    package var payload: [PayloadMember]

    /// One dimension and the values of it that are meant; nil: an attribute that is left out.
    package struct Condition: Hashable, Sendable, Codable {
        package var dimension: String
        package var values: [String?]

        package init(dimension: String, values: [String?]) {
            self.dimension = dimension
            self.values = values
        }
    }

    package init(
        when: [Condition] = [], experience: String, audience: String? = nil,
        variation: String? = nil, outcome: Outcome? = nil, payload: [PayloadMember] = []
    ) {
        self.when = when
        self.experience = experience
        self.audience = audience
        self.variation = variation
        self.outcome = outcome
        self.payload = payload
    }
}

extension Expectation {
    /// True: it is about this context.
    package func holds(in context: Context) -> Bool {
        guard !when.isEmpty else { return true }
        let coordinates = context.coordinates
        return when.allSatisfy { condition in
            coordinates.contains {
                $0.dimension == condition.dimension && condition.values.contains($0.value)
            }
        }
    }

    /// True: it is about this answer, in its context.
    package func concerns(_ answer: Observation) -> Bool {
        guard answer.experience == experience, answer.outcome.isResolved else { return false }
        return !namesVariation || answer.variation == variation
    }

    /// True: the payload of one variation is meant.
    private var namesVariation: Bool { variation != nil && !payload.isEmpty }

    /// For people: `hero where geo IN · day Saturday, Sunday: audience 7W`.
    package var words: String {
        let place = when.isEmpty ? "" : " where " + whenWords
        return experience + place + ": " + wanted
    }

    /// The contexts, for people: `geo IN · day Saturday, Sunday`; empty: every context.
    package var whenWords: String {
        when.map { condition in
            let values = condition.values.map { $0 ?? "left out" }.joined(separator: ", ")
            return condition.dimension + " " + values
        }.joined(separator: " · ")
    }

    /// What must be answered there, for people: `audience 7W, Title "Festive sale"`.
    package var wanted: String {
        let parts = [
            outcome.map(\.rawValue), audience.map { "audience " + $0 },
            namesVariation ? nil : variation.map { "variation " + $0 },
        ]
        var members = payload.map { "\($0.name) \"\($0.value)\"" }
        if namesVariation { members[0] = "variation \(variation ?? "") with " + members[0] }
        return (parts.compactMap { $0 } + members).joined(separator: ", ")
    }
}

extension Expectation {
    /// Names it in the store for as long as it says the same: as JSON, in whichever order its parts
    /// are written.
    package var identity: String {
        var json = JSONText()
        json.object { json in
            json.member("experience", experience)
            json.member("outcome", outcome?.rawValue)
            json.member("audience", audience)
            json.member("variation", variation)
            json.name("payload")
            json.object { json in
                for member in payload.sorted(by: { $0.name < $1.name }) {
                    json.member(member.name, member.value)
                }
            }
            json.name("when")
            json.object { json in
                for condition in when.sorted(by: { $0.dimension < $1.dimension }) {
                    json.name(condition.dimension)
                    json.array(condition.values.sorted { ($0 ?? "") < ($1 ?? "") }) {
                        $0.value($1)
                    }
                }
            }
        }
        return json.text
    }

    private var wantsServed: Bool {
        outcome == .served || audience != nil || variation != nil || !payload.isEmpty
    }

    /// What an answer that is not what is expected is instead, for people, with the members of its
    /// payload by name; nil: it is what is expected. An answer is served or unmatched.
    package func mismatch(of answer: Observation) -> String? {
        if let outcome, outcome != answer.outcome { return told(answer) }
        guard wantsServed else { return nil }
        guard answer.outcome == .served else { return answer.outcome.rawValue }
        var parts: [String] = []
        if let audience, audience != answer.audience, audience != answer.audienceName {
            parts.append(answer.audience.map { "audience " + $0 } ?? "no audience")
        }
        if let variation, variation != answer.variation {
            parts.append(answer.variation.map { "variation " + $0 } ?? "no variation")
        }
        for wanted in payload {
            let value = answer.payload.first { $0.name == wanted.name }?.value
            guard value != wanted.value else { continue }
            parts.append(value.map { "\(wanted.name) \"\($0)\"" } ?? "no \(wanted.name)")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func told(_ answer: Observation) -> String {
        guard answer.outcome == .served, let variation = answer.variation else {
            return answer.outcome.rawValue
        }
        return (answer.audience.map { "audience \($0), " } ?? "") + "variation " + variation
    }
}
