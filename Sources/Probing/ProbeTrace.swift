package import Model

/// One probe and everything that came of it, for a person to look at.
package struct ProbeTrace: Sendable {
    package let result: ProbeResult
    /// The answer's header fields in their order, names in lower case.
    package let fields: [(name: String, value: String)]
    /// The answer's body as text; what is no UTF-8 stands as U+FFFD. Nil: none came whole.
    package let body: String?
    package let readings: [FieldReading]

    init(result: ProbeResult, answer: Verdict<Response>, wire: any Wire) {
        self.result = result
        guard case .answered(let response) = answer else {
            (fields, body, readings) = ([], nil, [])
            return
        }
        fields = response.fields.map { ($0.name, $0.value) }
        body = String(decoding: response.bytes, as: UTF8.self)
        readings = wire.readings(of: response, to: result.probe)
    }
}

/// One member of an answer and what it was taken for.
package struct FieldReading: Hashable, Sendable {
    /// `experiences.hero.experience_context.moe_variation_id`
    package let path: String
    /// As it came; nil: it did not.
    package let value: String?
    /// The observation's field: `variation`.
    package let field: String
}
