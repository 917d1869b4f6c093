import Analysis
import Model
import Planning
import Storage

extension ReportAssembly {
    /// The evidence with the segments of two dimensions of splits that are off, from the newest rows.
    func withPairs(
        _ evidence: [PlanEvidence], until end: Instant, watermark: Instant?
    ) throws -> [PlanEvidence] {
        var evidence = evidence
        let horizon = try store.horizon()
        for question in pairQuestions(evidence, at: end) {
            let reader = TallyReader(
                store: store, plan: evidence[question.index].plan, watermark: watermark,
                horizon: horizon)
            let since = try readable(from: max(question.since, horizon.rows ?? .zero), until: end)
            guard since < end else { continue }
            evidence[question.index].pairs[question.experience] = PairEvidence(
                since: since,
                tallies: try reader.tallies(
                    over: Span(since: since, until: end), shapes: question.shapes))
        }
        return evidence
    }

    /// The instant from which on there are not too many results to read.
    private func readable(from since: Instant, until end: Instant) throws -> Instant {
        var since = since
        while since < end,
            try store.resultCount(in: Span(since: since, until: end)) > Self.pairRows
        {
            let half = since.distance(to: end) / 2
            since = half < Instant.microsecondsPerHour ? end : since.advanced(by: half)
        }
        return since
    }

    /// Results that are read at most for one experience: about two seconds.
    private static let pairRows = 1_000_000
}

extension Instant {
    fileprivate static let zero = Instant(microseconds: 0)
}
