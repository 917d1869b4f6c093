import Model

/// What one experience truly serves to one question.
package struct Truth: Sendable {
    package let served: Served
    /// True where the user was held out and the experience says so.
    package let tellsControl: Bool
    /// Nil: no such experience.
    let experience: ServedExperience?
    /// Nil: unmatched.
    let audience: Audience?

    init(_ experience: ServedExperience?, key: String, _ inquiry: Inquiry) {
        let user = inquiry.question.user ?? ""
        let chance = inquiry.chance
        var met: Audience?
        var isHeldOut = false
        if let experience, experience.status == "Active" {
            isHeldOut = experience.holdsOut(user, chance)
            if !isHeldOut {
                met = experience.audiences.first { $0.when.holds(for: inquiry.question) }
            }
        }
        if let audience = met, !audience.includes(user, in: key, at: inquiry.now, chance) {
            met = nil
        }
        let isFlapping = met != nil && experience?.isFlapping(for: inquiry) ?? false
        let variation = met.map { audience in
            audience.variation(
                at: isFlapping
                    ? inquiry.own.share("flapping place", key, "\(inquiry.attempt)") * 100
                    : audience.place(of: user, in: key, chance), for: inquiry.question)
        }
        self.experience = experience
        audience = met
        tellsControl = isHeldOut && experience?.tellsFailures == true
        served = Served(
            experience: key, variation: variation, audience: met?.id, audienceName: met?.name)
    }

    /// What is served, in the order of the names; empty where nothing is.
    package var payload: [(name: String, field: PayloadField)] {
        guard let experience, let audience, let variation = served.variation else { return [] }
        let payload =
            audience.payloads[variation] ?? audience.payloads["default"]
            ?? ["Title": PayloadField("\(experience.name) \(variation)")]
        return payload.sorted { $0.key < $1.key }.map { (name: $0.key, field: $0.value) }
    }

    /// 24 hexadecimal digits of the campaign, then channel, variation and audience; nil where
    /// nothing is served. `isWrong`: it names another variation than the one that is served.
    package func campaign(isWrong: Bool = false) -> String? {
        guard let experience, let audience, var variation = served.variation else { return nil }
        if isWrong {
            let other = audience.allocation.first { $0.variation != variation }
            variation = other?.variation ?? variation + "0"
        }
        let digits = String(Chance(seed: 7).share(experience.key).bitPattern, radix: 16)
        let id = (String(repeating: "0", count: 24) + digits).suffix(24)
        return "\(id)_F_T_WP_AB_\(variation)_P_0_AU_\(audience.id)"
    }

    /// Writes the experience's member; nothing where nothing is served.
    func write(to body: inout Body, for question: Question, hasWrongCampaign: Bool) {
        guard let experience, let audience, let variation = served.variation,
            let campaign = campaign(isWrong: hasWrongCampaign)
        else { return }
        body.object(experience.key) { body in
            body.object("payload") { body in
                for (name, field) in payload {
                    body.object(name) { body in
                        field.write("value", to: &body, for: question)
                        body.text("data_type", field.type)
                    }
                }
            }
            body.object("experience_context") { body in
                body.text("cid", campaign)
                body.text("experience", experience.name)
                body.text("moe_locale_id", "0")
                body.text("moe_variation_id", variation)
                body.text("audience_name", audience.name)
                body.text("audience_id", audience.id)
                body.text("type", "Web Personalization")
                body.text("experience_type", "API based Experience")
            }
        }
    }
}

extension ServedExperience {
    fileprivate func holdsOut(_ user: String, _ chance: Chance) -> Bool {
        chance.share("control", key, user) * 100 < controlPercent
    }

    /// True: the variation is drawn by chance. Each instability that holds takes its share of one
    /// draw.
    fileprivate func isFlapping(for inquiry: Inquiry) -> Bool {
        guard !instabilities.isEmpty else { return false }
        let place = inquiry.chance.share("unstable", key, inquiry.question.user ?? "")
        let draw = inquiry.own.share("flapping", key, "\(inquiry.attempt)")
        var passed = 0.0
        for instability in instabilities
        where place < instability.userShare && instability.period.contains(inquiry.now)
            && instability.when.holds(for: inquiry.question)
        {
            passed += instability.share
        }
        return draw < passed
    }
}

extension Audience {
    /// True if the ramp has reached the user's place by now.
    fileprivate func includes(
        _ user: String, in experience: String, at now: Instant, _ chance: Chance
    ) -> Bool {
        guard !ramp.isEmpty else { return true }
        let passed = ramp.filter { $0.at <= now }
        let reached = passed.max { $0.at < $1.at }?.percent ?? 0
        let draw = passed.count(where: \.reshuffles)
        let own = chance.after(["ramp", experience, id, user])
        return (draw == 0 ? own.share() : own.share("\(draw)")) * 100 < reached
    }

    /// Where the user stands between 0 and 100, the same each time.
    fileprivate func place(of user: String, in experience: String, _ chance: Chance) -> Double {
        let own = chance.after(["split", experience, id, user])
        return (splitDraw == 0 ? own.share() : own.share("\(splitDraw)")) * 100
    }

    /// The variation whose share covers a place.
    fileprivate func variation(at place: Double, for question: Question) -> String {
        let shares =
            exceptions.last { $0.when.holds(for: question) }?.allocation ?? allocation
        var passed = 0.0
        for share in shares {
            passed += share.percent
            if place < passed { return share.variation }
        }
        return shares.last { $0.percent > 0 }?.variation ?? ""
    }
}

extension PayloadField {
    /// Writes the value alone, under a name.
    func write(_ name: String, to body: inout Body, for question: Question) {
        if type == "string" {
            body.text(name, filled(for: question))
        } else {
            body.raw(name, value)
        }
    }

    /// The value with what it says of the question.
    package func filled(for question: Question) -> String {
        guard value.contains("{{") else { return value }
        return value.replacing("{{user}}", with: question.user ?? "")
            .replacing("{{hour}}", with: question.hour.map { "\($0)" } ?? "")
            .replacing("{{geo}}", with: question.place ?? "")
    }
}
