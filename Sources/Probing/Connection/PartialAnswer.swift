import NIOCore

/// What has come of an answer so far.
struct PartialAnswer {
    var status = 0
    var encoding: String?
    var fields: [HeaderField] = []
    private(set) var body = ByteBuffer()
    /// Bytes of the body.
    var bytes: Int { body.readableBytes }

    /// The first part is kept as it is, without a copy: most answers have only one.
    mutating func append(_ part: ByteBuffer) {
        var part = part
        if bytes == 0 { body = part } else { body.writeBuffer(&part) }
    }

    /// The fields of a head are kept where the status does not say it all.
    func wantsFields(for exchange: Exchange) -> Bool {
        exchange.passage.keepsFields || status != 200
    }

    var response: Response {
        Response(status: status, encoding: encoding, fields: fields, body: body)
    }
}
