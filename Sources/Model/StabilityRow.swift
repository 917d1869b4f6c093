/// How well the panel's variations stick, for one (experience, audience).
package struct StabilityRow: ReportRow {
    /// A subject whose variation does not stick.
    package struct Flapping: Hashable, Sendable {
        package var subject: String
        /// Rounds in which its variation changed.
        package var flips: Int
        package var firstAt: Instant
        package var lastAt: Instant

        package init(subject: String, flips: Int, firstAt: Instant, lastAt: Instant) {
            self.subject = subject
            self.flips = flips
            self.firstAt = firstAt
            self.lastAt = lastAt
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    package var audience: String
    package var audienceName: String?
    /// Panel subjects of the audience.
    package var subjects: Int
    /// Changes of a variation within the audience, one a subject and round.
    package var flips: Int
    /// Subjects that changed at all, and their share with its confidence sequence.
    package var crossed: Arm
    /// Of these, those that moved once, or there and back, as an edit moves them.
    package var explained: Int
    /// Worst first.
    package var flapping: [Flapping]

    package init(
        target: String, plan: String, experience: String, audience: String,
        audienceName: String? = nil, subjects: Int, flips: Int, crossed: Arm, explained: Int,
        flapping: [Flapping]
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.audienceName = audienceName
        self.subjects = subjects
        self.flips = flips
        self.crossed = crossed
        self.explained = explained
        self.flapping = flapping
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("audience", audience)
        json.member("audience_name", audienceName)
        json.member("population", Population.panel.rawValue)
        json.member("unit", "subject")
        json.member("n", subjects)
        json.member("flips", flips)
        json.name("crossed")
        json.object {
            $0.member("observed", crossed.observed)
            $0.member("share", crossed.share)
            $0.member("low", crossed.low)
            $0.member("high", crossed.high)
        }
        json.member("explained", explained)
        json.name("flapping")
        json.array(flapping) { json, subject in
            json.object {
                $0.member("subject", subject.subject)
                $0.member("flips", subject.flips)
                $0.member("first_at", subject.firstAt)
                $0.member("last_at", subject.lastAt)
            }
        }
    }
}
