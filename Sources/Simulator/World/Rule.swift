package import Model

/// When something holds: every member that is stated must be met by one of its values.
package struct Rule: Sendable, Hashable {
    package var days: [Weekday]
    package var hours: [Int]
    /// `Mobile`, `Tablet` or `Desktop`.
    package var devices: [String]
    /// `android`, `ios` or `other`.
    package var platforms: [String]
    /// Names of the world's places.
    package var places: [String]
    package var attributes: [String: [String]]
    /// Exact customer ids. With none and no prefix, anybody, known or not.
    package var users: [String]
    package var userPrefix: String?

    package init(
        days: [Weekday] = [], hours: [Int] = [], devices: [String] = [], platforms: [String] = [],
        places: [String] = [], attributes: [String: [String]] = [:], users: [String] = [],
        userPrefix: String? = nil
    ) {
        self.days = days
        self.hours = hours
        self.devices = devices
        self.platforms = platforms
        self.places = places
        self.attributes = attributes
        self.users = users
        self.userPrefix = userPrefix
    }

    func holds(for question: Question) -> Bool {
        func met<Value: Equatable>(_ wanted: [Value], _ value: Value?) -> Bool {
            wanted.isEmpty || value.map(wanted.contains) ?? false
        }
        return met(days, question.day) && met(hours, question.hour)
            && met(devices, question.deviceType) && met(platforms, question.platform)
            && met(places, question.place)
            && attributes.allSatisfy { met($0.value, question.attributes[$0.key]) }
            && isAbout(question.user)
    }

    private func isAbout(_ user: String?) -> Bool {
        guard !users.isEmpty || userPrefix != nil else { return true }
        guard let user else { return false }
        return users.contains(user) || userPrefix.map(user.hasPrefix) ?? false
    }
}

/// What a fetch asks, as the simulator reads it.
package struct Question: Sendable, Hashable {
    package var user: String?
    /// Nil: every experience.
    package var keys: [String]?
    package var day: Weekday?
    package var hour: Int?
    package var userAgent: String? {
        didSet {
            deviceType = userAgent.map(deviceKind)
            platform = userAgent.map(platformName)
        }
    }
    package var address: String?
    /// The place that the address lies in.
    package var place: String?
    package var attributes: [String: String] = [:]

    /// The user agent's device type and platform: all that the API reads from it.
    package private(set) var deviceType: String?
    package private(set) var platform: String?

    package init() {}
}

/// Tablet, mobile or desktop, from a user agent: an Android device without `Mobile` is a tablet.
package func deviceKind(_ userAgent: String) -> String {
    if userAgent.contains("iPad") || userAgent.contains("Tablet") { return "Tablet" }
    if userAgent.contains("iPhone") || userAgent.contains("Mobile") { return "Mobile" }
    return userAgent.contains("Android") ? "Tablet" : "Desktop"
}

/// `android`, `ios` or `other`, from a user agent.
package func platformName(_ userAgent: String) -> String {
    if ["iPhone", "iPad", "iPod"].contains(where: userAgent.contains) { return "ios" }
    return userAgent.contains("Android") ? "android" : "other"
}
