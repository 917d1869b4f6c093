package import Model

/// An experience and who is served what.
package struct ServedExperience: Sendable, Decodable {
    package var key: String
    package var name: String
    /// `Active`, `Paused` or `Scheduled`; only an active one is served.
    package var status: String
    /// Percent of users who are held out, by a hash of their own.
    package var controlPercent: Double
    /// True: a held out user is told under `failures`, as mobile SDKs know it.
    package var tellsFailures: Bool
    /// In order of priority: the first that a user meets decides.
    package var audiences: [Audience]
    /// When variations are drawn by chance; of several that hold, each takes its share.
    package var instabilities: [Instability]

    package init(
        key: String, name: String? = nil, status: String = "Active", controlPercent: Double = 0,
        tellsFailures: Bool = false, audiences: [Audience], instabilities: [Instability] = []
    ) {
        self.key = key
        self.name = name ?? key
        self.status = status
        self.controlPercent = controlPercent
        self.tellsFailures = tellsFailures
        self.audiences = audiences
        self.instabilities = instabilities
    }
}

/// A segment of users in contexts, and the split among them.
package struct Audience: Sendable, Decodable {
    package var id: String
    package var name: String
    package var when: Rule
    /// Percent by variation. A user has a fixed place between 0 and 100, and gets the variation
    /// whose share covers it: of two variations, only those move who are in what is reallocated.
    package var allocation: [Share]
    /// Percent of users who are included, from set times on; empty: all of them. A user once
    /// included stays: each has a fixed place between 0 and 100.
    package var ramp: [RampStep]
    /// What is served, by variation; `default` stands for the others.
    package var payloads: [String: [String: PayloadField]]
    /// Made by changes: whom they single out, the last that holds decides.
    var exceptions: [Exception] = []
    /// How often the places of users were drawn anew.
    var splitDraw = 0

    struct Exception: Sendable {
        let when: Rule
        let allocation: [Share]
    }

    package init(
        id: String, name: String, when: Rule = Rule(), allocation: [Share], ramp: [RampStep] = [],
        payloads: [String: [String: PayloadField]] = [:]
    ) {
        self.id = id
        self.name = name
        self.when = when
        self.allocation = allocation
        self.ramp = ramp
        self.payloads = payloads
    }
}

package struct Share: Sendable, Hashable, Decodable {
    package var variation: String
    package var percent: Double

    package init(_ variation: String, _ percent: Double) {
        self.variation = variation
        self.percent = percent
    }
}

package struct RampStep: Sendable, Hashable, Decodable {
    package var at: Instant
    package var percent: Double
    /// True: the places of users are drawn anew, and some who were included leave.
    package var reshuffles: Bool

    package init(at: Instant, percent: Double, reshuffles: Bool = false) {
        self.at = at
        self.percent = percent
        self.reshuffles = reshuffles
    }
}

/// One member of a payload. `{{user}}`, `{{hour}}` and `{{geo}}` in a text are filled in.
package struct PayloadField: Sendable, Hashable, Decodable {
    package var value: String
    /// `string`, `number`, `boolean`, `float` or `json`; all but a string are written as they are.
    package var type: String

    package init(_ value: String, type: String = "string") {
        self.value = value
        self.type = type
    }
}
