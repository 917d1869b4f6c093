import Model

/// Compact JSON, members in the order of the contract (experience API §1); what the context lacks
/// is left out.
func fetchBody(of probe: Probe) -> [UInt8] {
    var json = JSONText()
    json.reserve(512)
    json.object { json in
        writeIdentifiers(of: probe.subject, to: &json)
        if !probe.experiences.isEmpty {
            json.name(plain: "experience_key")
            json.array(probe.experiences) { $0.value($1) }
        }
        let context = probe.context
        writePlain("DAY_OF_THE_WEEK", context.day?.rawValue, to: &json)
        writePlain("TIME_OF_THE_DAY", context.hour.map(twoDigits), to: &json)
        writePlain("USER_IP_ADDRESS", probe.address, to: &json)
        writePlain("USER_AGENT", probe.userAgent, to: &json)
        for attribute in context.attributes {
            write(attribute.name, attribute.value, to: &json)
        }
    }
    return json.bytes
}

private func writeIdentifiers(of subject: Subject, to json: inout JSONText) {
    json.name(plain: "identifiers")
    json.object { json in
        json.name(plain: "customer_id")
        json.value(subject.customerID)
        guard subject.identifiers.contains(where: { $0.value != nil }) else { return }
        json.name(plain: "user_identifiers")
        json.object { json in
            for identifier in subject.identifiers {
                write(identifier.name, identifier.value, to: &json)
            }
        }
    }
}

private func writePlain(_ name: StaticString, _ value: String?, to json: inout JSONText) {
    guard let value else { return }
    json.name(plain: name)
    json.value(value)
}

private func write(_ name: String, _ value: String?, to json: inout JSONText) {
    if let value { json.member(name, value) }
}

func twoDigits(_ hour: Int) -> String {
    hour < 10 ? "0\(hour)" : String(hour)
}
