import Foundation

/// What matters here of a finding.
struct ToldFinding: Decodable {
    let kind: String
    let severity: String
    let experience: String?
    let audience: String?
    let segment: [String: String?]

    /// As it was stored.
    init(_ json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }

    /// `split_change hero 1A [device=android-phone geo=IN]`
    var name: String {
        let place = segment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "none")" }
        let parts = [kind, experience, audience].compactMap { $0 }
        return (parts + (place.isEmpty ? [] : ["[\(place.joined(separator: " "))]"]))
            .joined(separator: " ")
    }
}
