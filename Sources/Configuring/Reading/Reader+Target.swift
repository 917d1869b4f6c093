import Model

/// A target that was read without a fault, with its key and where it was stated.
struct ReadTarget {
    let target: Target
    let key: ReadKey
    /// True: it is the vendor's own API, whose limit is known.
    let isVendors: Bool
    let source: Members<TargetKey>
}

/// The vendor's data centres, as its host names spell them.
let dataCenters = ["01", "02", "03", "04", "05", "06", "101"]

extension Reader {
    /// A target. `zone` is the one that its times are read in unless they name another.
    mutating func target(_ member: Member, zone: Zone) -> ReadTarget? {
        let faultsBefore = faults.count
        checkName(member.key, what: "a target", at: member.place, path: member.value.path)
        guard let source = members(of: member.value, TargetKey.self) else { return nil }
        var api: Target.API? = .moengage
        if let value = source[.api] { api = choice(value, as: "an API") }
        let baseURL = baseURL(of: source, api: api)
        let workspace = workspace(of: source, api: api)
        let key = key(of: source, api: api)
        var target = Target(
            name: member.name, api: api ?? .moengage, baseURL: baseURL ?? "",
            workspaceID: workspace ?? "")
        readPace(of: source, into: &target)
        if let value = source[.http] {
            target.http = choice(value, as: "a version of HTTP") ?? target.http
        }
        if let value = source[.tls] { target.tls = tls(value) ?? target.tls }
        if let value = source[.traceparent] { target.traceparent = truth(value) ?? false }
        if let value = source[.maintenance] {
            target.maintenance = maintenance(value, zone: zone)
        }
        guard faults.count == faultsBefore, let key else { return nil }
        return ReadTarget(
            target: target, key: key, isVendors: source[.dataCenter] != nil, source: source)
    }

    private mutating func readPace(of source: Members<TargetKey>, into target: inout Target) {
        if let value = source[.timeout] {
            let bounds = 10_000...10 * 60 * Instant.microsecondsPerSecond
            target.timeoutUs = duration(value, in: bounds) ?? target.timeoutUs
        }
        target.budget = source[.budget].flatMap { rate($0) }
        if let value = source[.maxInFlight] {
            target.maxInFlight = integer(value, in: 1...10_000) ?? target.maxInFlight
        }
    }
}

// MARK: Where it is

extension Reader {
    /// `api` is nil where it is at fault: what belongs to it is then not asked for.
    private mutating func baseURL(of source: Members<TargetKey>, api: Target.API?) -> String? {
        if api == .ofrep { return serverURL(of: source) }
        switch (source[.dataCenter], source[.baseURL]) {
        case (let center?, nil):
            let hint = "one of: " + dataCenters.joined(separator: ", ")
            return parsed(center, as: "a data center", hint: hint) {
                dataCenters.contains($0) ? "https://sdk-\($0).moengage.com" : nil
            }
        case (nil, let url?):
            return baseURL(url)
        case (_?, let url?):
            fault("stands beside data_center", at: url, hint: "state one of them")
        case (nil, nil):
            guard api != nil else { return nil }
            fault(
                "data_center is missing", at: source.owner,
                hint: "one of \(dataCenters.joined(separator: ", ")), or a base_url")
        }
        return nil
    }

    /// An OFREP server stands anywhere: only its URL says where.
    private mutating func serverURL(of source: Members<TargetKey>) -> String? {
        refuse(.dataCenter, besideOFREPIn: source, hint: "state the server's base_url instead")
        guard source[.dataCenter] == nil || source[.baseURL] != nil else { return nil }
        return required(.baseURL, of: source, hint: "for example http://127.0.0.1:8016").flatMap {
            baseURL($0)
        }
    }

    mutating func refuse(
        _ key: TargetKey, besideOFREPIn source: Members<TargetKey>, hint: String
    ) {
        guard let value = source[key] else { return }
        fault("stands beside api: ofrep", at: value, hint: hint)
    }

    /// The URL is never quoted: whatever is wrong with it may be a password in it.
    private mutating func baseURL(_ value: Value) -> String? {
        guard let text = text(of: value) else { return nil }
        switch BaseURL.parse(text.text) {
        case .success(let url): return url
        case .failure(let problem):
            fault(problem.message, at: value, hint: "for example http://127.0.0.1:8080")
            return nil
        }
    }
}
