/// What an experience is expected to answer in the contexts that some conditions hold in.
package struct Expectation: Hashable, Sendable, Codable {
    /// All of them must hold; none: every context.
    package var when: [Condition]
    package var experience: String
    /// An audience's id or its name.
    package var audience: String?
    package var variation: String?
    package var outcome: Outcome?
    /// Members of the payload of what is served. Members that are not named may be anything.
    package var payload: [PayloadValue]

    /// One dimension and the values of it that are meant; nil: an attribute that is left out.
    package struct Condition: Hashable, Sendable, Codable {
        package var dimension: String
        package var values: [String?]

        package init(dimension: String, values: [String?]) {
            self.dimension = dimension
            self.values = values
        }
    }

    /// One member of a payload: its name, and its value as text.
    package struct PayloadValue: Hashable, Sendable, Codable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        when: [Condition] = [], experience: String, audience: String? = nil,
        variation: String? = nil, outcome: Outcome? = nil, payload: [PayloadValue] = []
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
            variation.map { "variation " + $0 },
        ]
        let members = payload.map { "\($0.name) \"\($0.value)\"" }
        return (parts.compactMap { $0 } + members).joined(separator: ", ")
    }
}
