package import Model

/// A target, the key that opens it, and how we show ourselves there.
package struct Endpoint: Sendable {
    package let target: Target
    package let key: Secret
    /// The User-Agent of our own requests; the one that is probed travels in their bodies.
    package let userAgent: String
    /// Reads the key again where it may have been replaced; nil: it is nowhere to be read.
    package let rereadKey: @Sendable () -> Secret?

    package init(
        target: Target, key: Secret, userAgent: String = "variometer (synthetic probe)",
        rereadKey: @escaping @Sendable () -> Secret? = { nil }
    ) {
        self.target = target
        self.key = key
        self.userAgent = userAgent
        self.rereadKey = rereadKey
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

/// What a prober notices about its target, beside results.
package enum ProberEvent: Hashable, Sendable {
    /// The target's condition is another one. `untilNanoseconds`, on the monotonic clock, is when
    /// the next probe may leave; nil: at once.
    case condition(TargetCondition.State, untilNanoseconds: Int64?, reason: Reason?)
    /// The target shows a certificate that expires then, in seconds since 1970.
    case certificate(expirySeconds: Int64)
}
