package import Model

/// One user of a subject file.
package struct SubjectRecord: Hashable, Sendable, Codable {
    package let customerID: String
    /// Further identifiers, in the order of the file's columns.
    package let identifiers: [Attribute]

    package init(customerID: String, identifiers: [Attribute] = []) {
        self.customerID = customerID
        self.identifiers = identifiers
    }
}

/// What a plan's subject files hold; nil where subjects are generated.
package struct SubjectPool: Sendable {
    package let panel: [SubjectRecord]?
    package let cohort: [SubjectRecord]?

    package init(panel: [SubjectRecord]? = nil, cohort: [SubjectRecord]? = nil) {
        self.panel = panel
        self.cohort = cohort
    }
}
