/// An answer as HTTP delivered it.
struct Response: Sendable {
    let status: Int
    /// The Content-Encoding, in lower case; nil: none stated.
    let encoding: String?
    let body: [UInt8]
}
