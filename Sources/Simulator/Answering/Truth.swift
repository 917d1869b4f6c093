import Model

/// What one experience truly serves to one question.
struct Truth {
    let served: Served
    /// True where the user was held out and the experience says so.
    let tellsControl: Bool
    /// Nil: no such experience.
    let experience: ServedExperience?
    /// Nil: unmatched.
    let audience: Audience?

    init(
        experience: ServedExperience?, key: String, _ question: Question, _ now: Instant,
        _ chance: Chance
    ) {
        let user = question.user ?? ""
        var met: Audience?
        var isHeldOut = false
        if let experience, experience.status == "Active" {
            isHeldOut =
                chance.share(["control", key, user]) * 100 < experience.controlPercent
            if !isHeldOut { met = experience.audiences.first { $0.when.holds(for: question) } }
        }
        if let audience = met, !audience.includes(user, in: key, at: now, chance) { met = nil }
        let variation = met.map { $0.variation(of: user, in: key, chance) }
        self.experience = experience
        audience = met
        tellsControl = isHeldOut && experience?.tellsFailures == true
        served = Served(
            experience: key, variation: variation, audience: met?.id, audienceName: met?.name)
    }

    /// What is served, in the order of the names; empty where nothing is.
    var payload: [(name: String, field: PayloadField)] {
        guard let experience, let audience, let variation = served.variation else { return [] }
        let payload =
            audience.payloads[variation] ?? audience.payloads["default"]
            ?? ["Title": PayloadField("\(experience.name) \(variation)")]
        return payload.sorted { $0.key < $1.key }.map { (name: $0.key, field: $0.value) }
    }

    /// 24 hexadecimal digits of the campaign, then channel, variation and audience; nil where
    /// nothing is served. `isWrong`: it names another variation than the one that is served.
    func campaign(isWrong: Bool = false) -> String? {
        guard let experience, let audience, var variation = served.variation else { return nil }
        if isWrong {
            let other = audience.allocation.first { $0.variation != variation }
            variation = other?.variation ?? variation + "0"
        }
        let digits = String(Chance(seed: 7).share([experience.key]).bitPattern, radix: 16)
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

extension Audience {
    /// True if the ramp has reached the user's place by now.
    func includes(_ user: String, in experience: String, at now: Instant, _ chance: Chance) -> Bool
    {
        guard !ramp.isEmpty else { return true }
        let reached = ramp.filter { $0.at <= now }.max { $0.at < $1.at }?.percent ?? 0
        return chance.share(["ramp", experience, id, user]) * 100 < reached
    }

    /// The variation that the allocation gives the user, the same each time.
    func variation(of user: String, in experience: String, _ chance: Chance) -> String {
        let place = chance.share(["split", experience, id, user]) * 100
        var passed = 0.0
        for share in allocation {
            passed += share.percent
            if place < passed { return share.variation }
        }
        return allocation.last { $0.percent > 0 }?.variation ?? ""
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

    private func filled(for question: Question) -> String {
        guard value.contains("{{") else { return value }
        return value.replacing("{{user}}", with: question.user ?? "")
            .replacing("{{hour}}", with: question.hour.map { "\($0)" } ?? "")
            .replacing("{{geo}}", with: question.place ?? "")
    }
}
