import Model

/// A vendor's protocol: which bytes ask, and what an answer means. It fetches and lists, and can
/// do nothing else.
protocol Wire: Sendable {
    func fetchRequest(for probe: Probe) -> Request

    /// What a fetch's answer says of each experience asked.
    func observations(in response: Response, of probe: Probe) -> Verdict<[Observation]>

    /// Lists the experiences with one of the statuses, or with any; nil: the API has no list.
    func metadataRequest(statuses: [String]) -> Request?

    func metadata(in response: Response) -> Verdict<[ExperienceMetadata]>

    /// How each member of an answer was read, for a person who looks at one.
    func readings(of response: Response, to probe: Probe) -> [FieldReading]
}

/// The wire that a target speaks; another vendor is a line here. A key nil: masked, for people.
func wire(to target: Target, key: Secret?, userAgent: String) -> any Wire {
    switch target.api {
    case .moengage: MoEngage(target: target, key: key, userAgent: userAgent)
    case .ofrep: OFREP(target: target, key: key, userAgent: userAgent)
    }
}

/// What a status alone says; nil: the body says it.
func failure(ofStatus status: Int) -> Failure? {
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

/// The JSON of an answer that none encoded: none was asked to.
func document(in response: Response) -> Verdict<JSONValue> {
    guard response.encoding ?? "identity" == "identity" else {
        return .failed(Failure(.malformed, .encoding))
    }
    do {
        return .answered(try JSONReader.read(response.bytes))
    } catch {
        return .failed(Failure(.malformed, .notJSON))
    }
}
