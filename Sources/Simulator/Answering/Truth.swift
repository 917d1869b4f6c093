import Model

/// What one experience truly serves to one question.
struct Truth {
    let served: Served
    /// True where the user was held out and the experience says so.
    let tellsControl: Bool
    private let experience: ServedExperience?
    private let audience: Audience?

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

    /// Writes the experience's member; nothing where nothing is served.
    func write(to body: inout Body, for question: Question) {
        guard let experience, let audience, let variation = served.variation else { return }
        let payload =
            audience.payloads[variation] ?? audience.payloads["default"]
            ?? ["Title": PayloadField("\(experience.name) \(variation)")]
        body.object(experience.key) { body in
            body.object("payload") { body in
                for (name, field) in payload.sorted(by: { $0.key < $1.key }) {
                    body.object(name) { field.write(to: &$0, for: question) }
                }
            }
            body.object("experience_context") { body in
                body.text("cid", campaign(of: experience, audience, variation))
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

    /// 24 hexadecimal digits of the campaign, then channel, variation and audience.
    private func campaign(
        of experience: ServedExperience, _ audience: Audience, _ variation: String
    ) -> String {
        let digits = String(Chance(seed: 7).share([experience.key]).bitPattern, radix: 16)
        let id = (String(repeating: "0", count: 24) + digits).suffix(24)
        return "\(id)_F_T_WP_AB_\(variation)_P_0_AU_\(audience.id)"
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
    func write(to body: inout Body, for question: Question) {
        if type == "string" {
            body.text("value", filled(for: question))
        } else {
            body.raw("value", value)
        }
        body.text("data_type", type)
    }

    private func filled(for question: Question) -> String {
        guard value.contains("{{") else { return value }
        return value.replacing("{{user}}", with: question.user ?? "")
            .replacing("{{hour}}", with: question.hour.map { "\($0)" } ?? "")
            .replacing("{{geo}}", with: question.place ?? "")
    }
}

extension Answer {
    /// Turns a sound answer into a broken one; what was truly served is told no more, unless the
    /// body still arrives.
    mutating func suffer(_ kind: FaultRule.Kind, chance: Double) {
        fault = kind
        let sound = served
        served = []
        switch kind {
        case .serverError:
            let status = [500, 502, 503][Int(chance * 3)]
            let refusal = Answer.refusal(
                status, title: "Server error", description: "try again later")
            (self.status, body) = (status, refusal.body)
        case .rateLimit:
            let refusal = Answer.refusal(429, title: "Too many requests", description: "slow down")
            (status, body) = (429, refusal.body)
            headers =
                chance < 0.5
                ? [("x-envoy-ratelimited", "true")]
                : [
                    ("x-ratelimit-limit", "10000"), ("x-ratelimit-remaining", "0"),
                    ("Retry-After", "1"),
                ]
        case .reset: delivery = .reset
        case .garbage: body = [0x00, 0xFF, 0x7B, 0x22, 0x80, 0x0A, 0x01]
        case .html: body = Array("<html><body><h1>It works!</h1></body></html>".utf8)
        case .truncated: delivery = .truncated
        case .slowBody:
            delivery = .slow(milliseconds: 300)
            served = sound
        case .wrongShape: body = Array(#"{"experiences":[1,2,3]}"#.utf8)
        }
    }
}
