import Model

/// The wire of MoEngage's server-side experiences: which bytes ask, and what an answer means.
/// It fetches and lists, and can do nothing else.
struct MoEngage: Sendable {
    static let fetchPath = "/v1/experiences/fetch"
    static let metadataPath = "/v1/experiences/metadata"

    private let endpoint: Endpoint
    private let fetchHead: RequestHead

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        fetchHead = RequestHead(
            method: "POST", path: Self.fetchPath, target: endpoint.target, key: endpoint.key)
    }

    func fetchRequest(for probe: Probe) -> [UInt8] {
        fetchHead.request(body: FetchRequest.body(of: probe))
    }

    /// Statuses are the API's own words; an unknown one gives an empty list there, no error.
    func metadataRequest(statuses: [String]) -> [UInt8] {
        let query = statuses.isEmpty ? "" : "?status=" + statuses.joined(separator: ",")
        return RequestHead(
            method: "GET", path: Self.metadataPath + query, target: endpoint.target,
            key: endpoint.key
        ).request()
    }

    /// What a fetch's answer says of each experience asked.
    func observations(in response: Response, of probe: Probe) -> Verdict<[Observation]> {
        document(in: response).flatMap { document in
            guard let answer = FetchAnswer(document) else {
                return .failed(Failure(.malformed, .wrongShape))
            }
            let asked = probe.experiences.isEmpty ? answer.experiences : probe.experiences
            return .answered(asked.map(answer.observation))
        }
    }

    func metadata(in response: Response) -> Verdict<[ExperienceMetadata]> {
        document(in: response).flatMap { document in
            guard let list = experienceMetadata(in: document) else {
                return .failed(Failure(.malformed, .wrongShape))
            }
            return .answered(list)
        }
    }

    /// The JSON of an answer with status 200.
    private func document(in response: Response) -> Verdict<JSONValue> {
        if let failure = failure(ofStatus: response.status) { return .failed(failure) }
        // None was asked for, so none may come.
        guard response.encoding ?? "identity" == "identity" else {
            return .failed(Failure(.malformed, .encoding))
        }
        do {
            return .answered(try JSONReader.read(response.body))
        } catch {
            return .failed(Failure(.malformed, .notJSON))
        }
    }
}

/// What a status alone says; nil: the body says it.
private func failure(ofStatus status: Int) -> Failure? {
    switch status {
    case 200: nil
    case 429: Failure(.limited, .http(status))
    // A redirect is never followed: it would carry the credentials elsewhere.
    case 300..<400: Failure(.rejected, .redirect)
    case 400..<500: Failure(.rejected, .http(status))
    case 500..<600: Failure(.failed, .http(status))
    default: Failure(.malformed, .httpProtocol)
    }
}

/// The listed experiences that have a key; nil: the answer has another shape.
private func experienceMetadata(in document: JSONValue) -> [ExperienceMetadata]? {
    guard let list = document.object?["metadata"]?.object?["experiences"]?.array else {
        return nil
    }
    return list.compactMap { item in
        guard let item = item.object, let key = item["experience_key"]?.string else { return nil }
        return ExperienceMetadata(
            name: item["experience_name"]?.string, key: key, status: item["status"]?.string)
    }
}
