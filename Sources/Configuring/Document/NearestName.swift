/// The candidate that a misspelt name most likely means; nil: none is near.
func nearest(to name: String, among candidates: [String]) -> String? {
    let limit = max(1, name.count / 3)
    // A long text is no misspelt name, and distances cost its length.
    guard name.count <= 64 else { return nil }
    let ranked = candidates.map { candidate in
        (distance: editDistance(name.lowercased(), candidate.lowercased()), name: candidate)
    }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else {
        return nil
    }
    return best.name
}

/// What to write instead of an unknown name: the nearest one, else all of them.
func suggestion(for name: String, among candidates: [String]) -> String? {
    if let near = nearest(to: name, among: candidates) { return "did you mean \(near)?" }
    guard !candidates.isEmpty else { return nil }
    let shown = candidates.prefix(16).joined(separator: ", ")
    return "one of: " + shown + (candidates.count > 16 ? ", …" : "")
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other,
/// each part of the text touched once (optimal string alignment: Damerau 1964, Wagner and Fischer
/// 1974).
private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            let replacing = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            row[j] = min(last[j] + 1, row[j - 1] + 1, replacing)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforeLast[j - 2] + 1)
            }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
