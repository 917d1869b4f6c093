package import Model

/// One fetch as it is sent: what `plan` and `trace` show is what the wire carries.
package struct FetchRequest: Sendable {
    /// Compact JSON, members in the order of the contract (experience API §1).
    package let body: [UInt8]
    private let target: Target

    package init(probe: Probe, target: Target) {
        body = Self.body(of: probe)
        self.target = target
    }

    /// The request line and the header fields, with line ends and the empty line.
    package func head(key: Secret) -> String {
        String(decoding: bytes(key: key).dropLast(body.count), as: UTF8.self)
    }

    /// The whole request, byte for byte.
    package func bytes(key: Secret) -> [UInt8] {
        requestHead(key: key).request(body: body)
    }

    /// The request for people: lines end in a line feed alone; without a key the credentials
    /// read `<redacted>`.
    package func text(key: Secret? = nil) -> String {
        let lines = requestHead(key: key).lines + [RequestHead.lengthLine(of: body), ""]
        return lines.joined(separator: "\n") + "\n" + String(decoding: body, as: UTF8.self)
    }

    private func requestHead(key: Secret?) -> RequestHead {
        RequestHead(method: "POST", path: MoEngage.fetchPath, target: target, key: key)
    }

    /// What the context lacks is left out.
    static func body(of probe: Probe) -> [UInt8] {
        var json = JSONText()
        json.reserve(512)
        json.object { json in
            writeIdentifiers(of: probe.subject, to: &json)
            if !probe.experiences.isEmpty {
                json.name("experience_key")
                json.array(probe.experiences) { $0.value($1) }
            }
            let context = probe.context
            write("DAY_OF_THE_WEEK", context.day?.rawValue, to: &json)
            write("TIME_OF_THE_DAY", context.hour.map(twoDigits), to: &json)
            write("USER_IP_ADDRESS", probe.address, to: &json)
            write("USER_AGENT", probe.userAgent, to: &json)
            for attribute in context.attributes {
                write(attribute.name, attribute.value, to: &json)
            }
        }
        return json.bytes
    }

    private static func writeIdentifiers(of subject: Subject, to json: inout JSONText) {
        json.name("identifiers")
        json.object { json in
            json.member("customer_id", subject.customerID)
            guard subject.identifiers.contains(where: { $0.value != nil }) else { return }
            json.name("user_identifiers")
            json.object { json in
                for identifier in subject.identifiers {
                    write(identifier.name, identifier.value, to: &json)
                }
            }
        }
    }

    private static func write(_ name: String, _ value: String?, to json: inout JSONText) {
        if let value { json.member(name, value) }
    }

    private static func twoDigits(_ hour: Int) -> String {
        hour < 10 ? "0\(hour)" : String(hour)
    }
}
