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

        package init(segment: Segment, since: Instant, got: String) {
            self.segment = segment
            self.since = since
            self.got = got
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    /// The expectation in words.
    package var expectation: String
    package var verdict: Verdict
    /// Cells of the targeting map that it is about.
    package var cells: Int
    /// All that are broken.
    package var brokenCells: Int
    /// The smallest segment that tells them apart; nil: none is broken.
    package var cover: Segment?
    /// The first of them broke then.
    package var since: Instant?
    /// The first hundred, in the order of the map.
    package var broken: [Broken]

    package init(
        target: String, plan: String, experience: String, expectation: String, verdict: Verdict,
        cells: Int, brokenCells: Int, cover: Segment?, since: Instant?, broken: [Broken]
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.expectation = expectation
        self.verdict = verdict
        self.cells = cells
        self.brokenCells = brokenCells
        self.cover = cover
        self.since = since
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
        json.name("cover")
        if let cover { cover.write(to: &json) } else { json.value(String?.none) }
        json.member("since", since)
        json.name("broken")
        json.array(broken) { json, cell in
            json.object { json in
                json.name("segment")
                cell.segment.write(to: &json)
                json.member("since", cell.since)
                json.member("got", cell.got)
            }
        }
    }
}
