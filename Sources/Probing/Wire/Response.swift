import NIOCore

/// An answer as HTTP delivered it.
struct Response: Sendable {
    let status: Int
    /// The Content-Encoding, in lower case; nil: none stated.
    let encoding: String?
    /// Names in lower case. Kept where they say more than the status, or were asked for.
    let fields: [HeaderField]
    let body: ByteBuffer

    init(status: Int, encoding: String? = nil, fields: [HeaderField] = [], body: ByteBuffer) {
        self.status = status
        self.encoding = encoding
        self.fields = fields
        self.body = body
    }

    var bytes: [UInt8] { Array(body.readableBytesView) }

    /// The value of a field, by its name in lower case; nil: it did not come, or was not kept.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}
