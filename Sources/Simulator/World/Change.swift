package import Model

/// An edit at a set time; members that are nil stay as they are.
package struct Change: Sendable, Decodable {
    package var at: Instant
    package var experience: String
    /// Nil: the experience itself, or all of its audiences.
    package var audience: String?
    /// Whom the allocation is for, among those who meet the audience; nil: for all of them, and
    /// what was singled out before is no more.
    package var when: Rule?
    package var status: String?
    package var controlPercent: Double?
    package var allocation: [Share]?
    /// True: the places of users, which the allocation is read at, are drawn anew.
    package var reshuffles: Bool
    package var payloads: [String: [String: PayloadField]]?
    /// An audience that comes before all others from now on.
    package var adds: Audience?
    /// Id of an audience that is no more.
    package var removes: String?

    package init(
        at: Instant, experience: String, audience: String? = nil, when: Rule? = nil,
        status: String? = nil, controlPercent: Double? = nil, allocation: [Share]? = nil,
        reshuffles: Bool = false, payloads: [String: [String: PayloadField]]? = nil,
        adds: Audience? = nil, removes: String? = nil
    ) {
        self.at = at
        self.experience = experience
        self.audience = audience
        self.when = when
        self.status = status
        self.controlPercent = controlPercent
        self.allocation = allocation
        self.reshuffles = reshuffles
        self.payloads = payloads
        self.adds = adds
        self.removes = removes
    }
}

/// The experiences of a world as they are from one edit to the next.
struct History: Sendable {
    private let beginning: [ServedExperience]
    /// In the order of their times.
    private let eras: [(at: Instant, experiences: [ServedExperience])]

    init(of world: World) {
        beginning = world.experiences
        var present = world.experiences
        var eras: [(at: Instant, experiences: [ServedExperience])] = []
        // Edits of one instant apply in the order of the file.
        let order = world.changes.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }
        for (_, change) in order {
            if let index = present.firstIndex(where: { $0.key == change.experience }) {
                present[index].apply(change)
            }
            eras.append((change.at, present))
        }
        self.eras = eras
    }

    /// How many edits there were up to an instant.
    func era(at now: Instant) -> Int {
        eras.lastIndex { $0.at <= now }.map { $0 + 1 } ?? 0
    }

    /// Every edit up to an instant applied.
    func experiences(at now: Instant) -> [ServedExperience] {
        let era = era(at: now)
        return era == 0 ? beginning : eras[era - 1].experiences
    }
}

extension ServedExperience {
    fileprivate mutating func apply(_ change: Change) {
        if let status = change.status { self.status = status }
        if let percent = change.controlPercent { controlPercent = percent }
        for index in audiences.indices
        where change.audience ?? audiences[index].id == audiences[index].id {
            audiences[index].apply(change)
        }
        audiences.removeAll { $0.id == change.removes || $0.id == change.adds?.id }
        if let added = change.adds { audiences.insert(added, at: 0) }
    }
}

extension Audience {
    fileprivate mutating func apply(_ change: Change) {
        if change.reshuffles { splitDraw += 1 }
        if let payloads = change.payloads { self.payloads = payloads }
        guard let allocation = change.allocation else { return }
        if let when = change.when {
            exceptions.removeAll { $0.when == when }
            exceptions.append(Exception(when: when, allocation: allocation))
        } else {
            exceptions = []
            self.allocation = allocation
        }
    }
}
