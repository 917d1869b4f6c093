import Model

/// The payloads of an audience now and over the baseline. Nil: the rows of one of them were not
/// read, or there are none.
func contents(
    of mix: Mix, _ evidence: PlanEvidence, before: PlanEvidence?
) -> DriftRow.Contents? {
    guard let audience = mix.audience, let now = evidence.contents, let then = before?.contents
    else { return nil }
    func own(_ contents: [ServedContent]) -> [String: [ServedContent]] {
        let own = contents.filter { $0.experience == mix.experience && $0.audience == audience }
        return Dictionary(grouping: own, by: \.variation)
    }
    let (present, former) = (own(now), own(then))
    guard !former.isEmpty, !present.isEmpty else { return nil }
    let varying = Set(present.keys).union(former.keys).filter {
        max(present[$0]?.count ?? 0, former[$0]?.count ?? 0) > mostContents
    }
    func listed(_ side: [String: [ServedContent]], without other: [String: [ServedContent]])
        -> [DriftRow.Content]
    {
        let known = Set(other.values.joined().map(\.fingerprint))
        return side.filter { !varying.contains($0.key) }.values.joined()
            .filter { !known.contains($0.fingerprint) }
            .map {
                DriftRow.Content(
                    variation: $0.variation, fingerprint: $0.fingerprint, firstAt: $0.firstAt,
                    lastAt: $0.lastAt)
            }
            .sorted { ($0.firstAt, $0.fingerprint) < ($1.firstAt, $1.fingerprint) }
    }
    let steady = former.filter { !varying.contains($0.key) }
    return DriftRow.Contents(
        known: Set(steady.values.joined().map(\.fingerprint)).count,
        appeared: listed(present, without: former), vanished: listed(former, without: present),
        varying: varying.sorted())
}

/// With more, a payload is filled in for each subject or context.
private let mostContents = 20

/// What was noticed of payloads' keys within the span.
func changedKeys(of mix: Mix, _ evidence: PlanEvidence) -> [DriftRow.Keys] {
    guard let audience = mix.audience else { return [] }
    return evidence.watch.notices.filter {
        $0.kind == .shape && $0.key.experience == mix.experience
            && ($0.key.audience ?? "") == audience
    }.map {
        DriftRow.Keys(
            variation: $0.key.variation ?? "", firstAt: $0.firstAt, words: $0.detail)
    }.sorted { ($0.firstAt, $0.variation) < ($1.firstAt, $1.variation) }
}
