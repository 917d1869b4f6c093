package import Model

/// A target and the key that opens it.
package struct Endpoint: Sendable {
    package let target: Target
    package let key: Secret

    package init(target: Target, key: Secret) {
        self.target = target
        self.key = key
    }
}

/// An experience as the metadata API lists it.
package struct ExperienceMetadata: Hashable, Sendable {
    package let name: String?
    package let key: String
    /// `Active`, `Paused` or `Scheduled`, as the API spells it.
    package let status: String?

    package init(name: String?, key: String, status: String?) {
        self.name = name
        self.key = key
        self.status = status
    }
}
