package import Model

/// One probe and everything that came of it, for a person to look at.
package struct ProbeTrace: Sendable {
    package let result: ProbeResult
    /// As it was sent, with the credentials masked; lines end in a line feed alone.
    package let request: String
    /// The answer's header fields in their order, names in lower case.
    package let fields: [(name: String, value: String)]
    /// The answer's body as text; what is no UTF-8 stands as U+FFFD. Nil: none came whole.
    package let body: String?
    package let readings: [FieldReading]

    init(result: ProbeResult, request: Request, answer: Verdict<Response>, wire: any Wire) {
        self.result = result
        self.request = request.text
        guard case .answered(let response) = answer else {
            (fields, body, readings) = ([], nil, [])
            return
        }
        fields = response.fields.map { ($0.name, $0.value) }
        body = String(decoding: response.bytes, as: UTF8.self)
        readings = wire.readings(of: response, to: result.probe)
    }
}
