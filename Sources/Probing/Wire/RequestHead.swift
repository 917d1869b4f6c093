import Model

/// What stands before a request's body: the same for each probe of a target, so the bytes are
/// built once.
struct RequestHead: Sendable {
    let method: String
    /// With the path of the base URL.
    let path: String
    let isSecure: Bool
    let authority: String
    /// In the order of the wire, without Host.
    let fields: [HeaderField]
    /// As on the wire, up to where the fields of the single request follow.
    let bytes: [UInt8]

    init(method: String, path: String, target: Target, fields: [HeaderField]) {
        let url = BaseURL(target.baseURL)
        self.method = method
        self.path = url.path + path
        self.fields = fields
        isSecure = url.isSecure
        authority = url.authority
        var text = "\(method) \(url.path)\(path) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        bytes = Array(text.utf8)
    }

    /// Without line ends: the request line and the fields, secrets masked.
    var maskedLines: [String] {
        ["\(method) \(path) HTTP/1.1", "Host: \(authority)"]
            + fields.map { "\($0.name): \($0.isSecret ? masked($0.value) : $0.value)" }
    }

    /// The scheme of the credentials may be seen, what follows it may not.
    private func masked(_ value: String) -> String {
        guard let space = value.firstIndex(of: " ") else { return "<redacted>" }
        return value[...space] + "<redacted>"
    }
}
