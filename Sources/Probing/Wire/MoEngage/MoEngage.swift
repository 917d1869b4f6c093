import Foundation
import Model

/// The wire of MoEngage's server-side experiences. The API's endpoint for events is not in it.
struct MoEngage: Wire {
    static let fetchPath = "/v1/experiences/fetch"
    static let metadataPath = "/v1/experiences/metadata"

    private let target: Target
    private let fields: [HeaderField]
    private let fetchHead: RequestHead

    /// `key` nil: the credentials are masked, for people.
    init(target: Target, key: Secret?, userAgent: String) {
        self.target = target
        let credentials = key.map { key in
            Data("\(target.workspaceID):\(key.reveal())".utf8).base64EncodedString()
        }
        fields = [
            HeaderField("Authorization", "Basic \(credentials ?? "<redacted>")", isSecret: true),
            HeaderField("MOE-APPKEY", target.workspaceID),
            HeaderField("Content-Type", "application/json"),
            HeaderField("User-Agent", userAgent),
        ]
        fetchHead = RequestHead(
            method: "POST", path: Self.fetchPath, target: target, fields: fields)
    }

    func fetchRequest(for probe: Probe) -> Request {
        Request(head: fetchHead, body: fetchBody(of: probe))
    }

    /// Statuses are the API's own words; an unknown one gives an empty list there, no error.
    func metadataRequest(statuses: [String]) -> Request? {
        let query = statuses.isEmpty ? "" : "?status=" + statuses.joined(separator: ",")
        return Request(
            head: RequestHead(
                method: "GET", path: Self.metadataPath + query, target: target, fields: fields))
    }

    func observations(in response: Response, of probe: Probe) -> Verdict<[Observation]> {
        if let failure = failure(ofStatus: response.status) { return .failed(failure) }
        return document(in: response).flatMap { document in
            guard let answer = FetchAnswer(document) else {
                return .failed(Failure(.malformed, .wrongShape))
            }
            let asked = probe.experiences.isEmpty ? answer.experiences : probe.experiences
            return .answered(asked.map(answer.observation))
        }
    }

    func metadata(in response: Response) -> Verdict<[ExperienceMetadata]> {
        if let failure = failure(ofStatus: response.status) { return .failed(failure) }
        return document(in: response).flatMap { document in
            guard let list = experienceMetadata(in: document) else {
                return .failed(Failure(.malformed, .wrongShape))
            }
            return .answered(list)
        }
    }

    func readings(of response: Response, to probe: Probe) -> [FieldReading] {
        guard case .answered(let document) = document(in: response),
            let experiences = document.object?["experiences"]?.object
        else { return [] }
        let asked = probe.experiences.isEmpty ? experiences.names : probe.experiences
        let context = [
            ("moe_variation_id", "variation"), ("audience_id", "audience"),
            ("audience_name", "audience_name"), ("moe_locale_id", "locale"), ("cid", "campaign"),
        ]
        return asked.flatMap { key in
            let object = experiences[key]?.object
            let path = "experiences.\(key)"
            let members = object?["experience_context"]?.object
            return [FieldReading(path: path, value: object.map { _ in "{…}" }, field: "outcome")]
                + context.map { name, field in
                    FieldReading(
                        path: "\(path).experience_context.\(name)",
                        value: members?[name]?.text, field: field)
                }
                + [
                    FieldReading(
                        path: "\(path).payload", value: object?["payload"]?.text,
                        field: "fingerprint")
                ]
        }
    }
}

/// The listed experiences that have a key; nil: the answer has another shape.
private func experienceMetadata(in document: JSONValue) -> [ExperienceMetadata]? {
    guard let list = document.object?["metadata"]?.object?["experiences"]?.array else {
        return nil
    }
    return list.prefix(experienceLimit).compactMap { item in
        guard let item = item.object, let key = item["experience_key"]?.string,
            key.utf8.count <= identifierLimit
        else { return nil }
        return ExperienceMetadata(
            name: item["experience_name"]?.string.map { String($0.prefix(identifierLimit)) },
            key: key, status: item["status"]?.string.map { String($0.prefix(64)) })
    }
}
