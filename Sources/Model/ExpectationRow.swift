/// How one expectation of a plan stands in the cells that it is about.
package struct ExpectationRow: ReportRow {
    package enum Verdict: String, Sendable, CaseIterable {
        case ok, broken, unasked
    }

    /// A cell that answers something else.
    package struct Broken: Hashable, Sendable {
        package var segment: Segment
        package var since: Instant
        /// What it answers instead.
        package var got: String
        /// When it last did.
        package var seenAt: Instant
        /// Answers in the cell since the expectation is stated, and those that broke it.
        package var answers: Int
        package var brokenAnswers: Int

        package init(
            segment: Segment, since: Instant, got: String, seenAt: Instant, answers: Int,
            brokenAnswers: Int
        ) {
            self.segment = segment
            self.since = since
            self.got = got
            self.seenAt = seenAt
            self.answers = answers
            self.brokenAnswers = brokenAnswers
        }
    }

    /// One thing that cells answer instead.
    package struct Instead: Hashable, Sendable {
        package var got: String
        package var cells: Int

        package init(got: String, cells: Int) {
            self.got = got
            self.cells = cells
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    /// The expectation in words.
    package var expectation: String
    package var verdict: Verdict
    /// Cells that it is about and that were answered.
    package var cells: Int
    /// All that are broken: whose last answer was something else.
    package var brokenCells: Int
    /// Answers in all of its cells, and those of them that broke it.
    package var answers: Int
    package var brokenAnswers: Int
    /// The smallest segment that tells them apart; nil: none is broken.
    package var cover: Segment?
    /// The first of them broke then.
    package var since: Instant?
    /// When an answer last broke it, also where it holds again; nil: none ever did.
    package var lastBrokenAt: Instant?
    /// What broken cells answer instead, and how many do, most first.
    package var instead: [Instead]
    /// The first hundred, those that are broken for longest first.
    package var broken: [Broken]

    package init(
        target: String, plan: String, experience: String, expectation: String, verdict: Verdict,
        cells: Int, brokenCells: Int, answers: Int, brokenAnswers: Int, cover: Segment?,
        since: Instant?, lastBrokenAt: Instant?, instead: [Instead], broken: [Broken]
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.expectation = expectation
        self.verdict = verdict
        self.cells = cells
        self.brokenCells = brokenCells
        self.answers = answers
        self.brokenAnswers = brokenAnswers
        self.cover = cover
        self.since = since
        self.lastBrokenAt = lastBrokenAt
        self.instead = instead
        self.broken = broken
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("expectation", expectation)
        json.member("verdict", verdict.rawValue)
        json.member("cells", cells)
        json.member("broken_cells", brokenCells)
        json.member("answers", answers)
        json.member("broken_answers", brokenAnswers)
        json.name("cover")
        if let cover { cover.write(to: &json) } else { json.value(String?.none) }
        json.member("since", since)
        json.member("last_broken_at", lastBrokenAt)
        json.name("instead")
        json.array(instead) { json, instead in
            json.object { json in
                json.member("got", instead.got)
                json.member("cells", instead.cells)
            }
        }
        json.name("broken")
        json.array(broken) { json, cell in
            json.object { json in
                json.name("segment")
                cell.segment.write(to: &json)
                json.member("since", cell.since)
                json.member("got", cell.got)
                json.member("seen_at", cell.seenAt)
                json.member("answers", cell.answers)
                json.member("broken_answers", cell.brokenAnswers)
            }
        }
    }
}
