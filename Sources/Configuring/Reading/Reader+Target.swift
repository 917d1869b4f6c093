import Model

/// A target that was read without a fault, with its key and where it was stated.
struct ReadTarget {
    let target: Target
    let key: Secret
    /// True: it is the vendor's own API, whose limit is known.
    let isVendors: Bool
    let source: Members<TargetKey>
}

/// The vendor's data centres, as its host names spell them.
let dataCenters = ["01", "02", "03", "04", "05", "06", "101"]

extension Reader {
    mutating func target(_ member: Member) -> ReadTarget? {
        let faultsBefore = faults.count
        checkName(member.key, what: "a target", at: member.place, path: member.value.path)
        guard let source = members(of: member.value, TargetKey.self) else { return nil }
        if let api = source[.api] { checkAPI(api) }
        let baseURL = baseURL(of: source)
        let workspace = required(
            .workspaceID, of: source, hint: "the workspace's id, which is the API's user name"
        ).flatMap { credential(text(of: $0, limit: 256), at: $0, forbidding: ":") }
        let key = key(of: source)
        var target = Target(name: member.name, baseURL: baseURL ?? "", workspaceID: workspace ?? "")
        if let value = source[.timeout] {
            let bounds = 10_000...10 * 60 * Instant.microsecondsPerSecond
            target.timeoutUs = duration(value, in: bounds) ?? target.timeoutUs
        }
        target.budget = source[.budget].flatMap { rate($0) }
        if let value = source[.maxInFlight] {
            target.maxInFlight = integer(value, in: 1...10_000) ?? target.maxInFlight
        }
        if let value = source[.tls] { target.tls = tls(value) ?? target.tls }
        guard faults.count == faultsBefore, let key else { return nil }
        return ReadTarget(
            target: target, key: key, isVendors: source[.dataCenter] != nil, source: source)
    }

    private mutating func checkAPI(_ value: Value) {
        guard let api = text(of: value), api.text != "moengage" else { return }
        if api.text == "ofrep" {
            fault("'ofrep' is not in this version", at: value, hint: "moengage is")
        } else {
            fault("\(quoted(api.written)) is not an API", at: value, hint: "one of: moengage")
        }
    }

    private mutating func tls(_ value: Value) -> TLSSettings? {
        guard let source = members(of: value, TLSKey.self) else { return nil }
        var settings = TLSSettings()
        if let value = source[.caFile], let file = text(of: value) {
            let path = resolved(file.text)
            settings.caFile = path
            if case .failure(let reason) = contents(ofFile: path, limit: 4 << 20) {
                fault("\(quoted(file.written)) \(reason.message)", at: value, hint: reason.hint)
            }
        }
        if let value = source[.serverName] {
            settings.serverName = parsed(value, as: "a host name") { isHostName($0) ? $0 : nil }
        }
        if let value = source[.minimum] {
            let versions = ["1.2", "1.3"]
            settings.minimum =
                parsed(value, as: "a TLS version", hint: "one of: 1.2, 1.3") {
                    versions.contains($0) ? $0 : nil
                } ?? settings.minimum
        }
        return settings
    }
}

// MARK: Where it is

extension Reader {
    private mutating func baseURL(of source: Members<TargetKey>) -> String? {
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
            fault(
                "data_center is missing", at: source.owner,
                hint: "one of \(dataCenters.joined(separator: ", ")), or a base_url")
        }
        return nil
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

// MARK: Its credentials

extension Reader {
    private mutating func key(of source: Members<TargetKey>) -> Secret? {
        switch (source[.key], source[.keyFile]) {
        case (let key?, nil): return literalKey(key)
        case (nil, let file?): return keyFile(file)
        case (let key?, _?):
            fault("stands beside api_key_file", at: key, hint: "state one of them")
        case (nil, nil):
            fault(
                "api_key_file is missing", at: source.owner,
                hint: "a file that holds the key alone, or api_key: ${VARIABLE}")
        }
        return nil
    }

    /// A key from the environment; one that stands in the file itself is refused.
    private mutating func literalKey(_ value: Value) -> Secret? {
        guard let scalar = scalar(of: value) else { return nil }
        guard holdsVariable(scalar.written) else {
            fault(
                "a key does not belong in the file", at: value,
                hint: "name a file that holds it in api_key_file, or write ${VARIABLE}")
            return nil
        }
        return secret(scalar.text, from: scalar, at: value)
    }

    private mutating func keyFile(_ value: Value) -> Secret? {
        guard let file = text(of: value) else { return nil }
        switch contents(ofFile: resolved(file.text), limit: 64 << 10, isPrivate: true) {
        case .failure(let reason):
            fault("\(quoted(file.written)) \(reason.message)", at: value, hint: reason.hint)
            return nil
        case .success(let bytes):
            return secret(String(decoding: bytes, as: UTF8.self), from: file, at: value)
        }
    }

    /// The key in a text, without white space around it. `source` is what the file says of it.
    private mutating func secret(_ text: String, from source: Scalar, at value: Value) -> Secret? {
        let key = Scalar(text: trimmed(text), written: source.written, isNull: false)
        guard !key.text.isEmpty else {
            fault("\(quoted(key.written)) holds no key", at: value)
            return nil
        }
        return credential(key, at: value).map { Secret($0) }
    }

    /// A text that can travel in an `Authorization` header: visible ASCII. Never quoted in full.
    private mutating func credential(
        _ scalar: Scalar?, at value: Value, forbidding forbidden: Character? = nil
    ) -> String? {
        guard let scalar else { return nil }
        let isSendable = scalar.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        if isSendable, !scalar.text.contains(where: { $0 == forbidden }) { return scalar.text }
        fault("holds characters that no credential has", at: value)
        return nil
    }
}

/// The text without white space and line ends around it.
private func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
}
