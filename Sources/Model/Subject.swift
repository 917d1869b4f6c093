/// Where a subject comes from: a fixed set that is asked again each round, or a fresh sample.
package enum Population: String, CaseIterable, Sendable, Codable, Hashable {
    case panel
    case cohort
}

/// One synthetic user, the unit of randomisation.
package struct Subject: Hashable, Sendable {
    /// The customer id that is sent.
    package let customerID: String
    /// What rows, reports and exports call it: the customer id of a generated subject, a keyed
    /// hash of one that came from a file.
    package let label: String
    package let population: Population
    /// Further identifiers that a file gives, in its column order.
    package let identifiers: [Attribute]

    package init(
        customerID: String, label: String? = nil, population: Population,
        identifiers: [Attribute] = []
    ) {
        self.customerID = customerID
        self.label = label ?? customerID
        self.population = population
        self.identifiers = identifiers
    }
}
