import Model

extension Reader {
    mutating func tls(_ value: Value) -> TLSSettings? {
        guard let source = members(of: value, TLSKey.self) else { return nil }
        var settings = TLSSettings()
        settings.caFile = source[.caFile].flatMap { pem($0, problem: PEM.certificateProblem) }
        settings.certificate = source[.certificate].flatMap {
            pem($0, problem: PEM.certificateProblem)
        }
        settings.key = source[.key].flatMap {
            pem($0, isPrivate: true, problem: PEM.keyProblem)
        }
        checkPair(in: source)
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

    private mutating func checkPair(in source: Members<TLSKey>) {
        switch (source[.certificate], source[.key]) {
        case (let certificate?, nil):
            fault("stands without its key", at: certificate, hint: "name the key's file in key")
        case (nil, let key?):
            fault(
                "stands without its certificate", at: key,
                hint: "name the certificate's file in certificate")
        case (nil, nil), (_?, _?): break
        }
    }

    /// The path of a PEM file in which nothing is wrong.
    private mutating func pem(
        _ value: Value, isPrivate: Bool = false, problem: ([UInt8]) -> FileProblem?
    ) -> String? {
        guard let file = text(of: value) else { return nil }
        let path = resolved(file.text)
        let found: FileProblem?
        switch contents(ofFile: path, limit: 4 << 20, isPrivate: isPrivate) {
        case .failure(let reason): found = reason
        case .success(let bytes): found = problem(bytes)
        }
        guard let found else { return path }
        fault("\(quoted(file.written)) \(found.message)", at: value, hint: found.hint)
        return nil
    }
}
