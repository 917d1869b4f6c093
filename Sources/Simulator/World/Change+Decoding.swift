import Model

extension Change {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case at, experience, audience, when, status, allocation, reshuffle, payloads
        case controlPercent = "control_percent"
        case adds = "add_audience"
        case removes = "remove_audience"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            at: try members.requiredInstant(.at),
            experience: try members.decode(String.self, forKey: .experience),
            audience: try members.decodeIfPresent(String.self, forKey: .audience),
            when: try members.decodeIfPresent(Rule.self, forKey: .when),
            status: try members.decodeIfPresent(String.self, forKey: .status),
            controlPercent: try members.percent(.controlPercent),
            allocation: try members.allocation(.allocation),
            reshuffles: try members.decodeIfPresent(Bool.self, forKey: .reshuffle) ?? false,
            payloads: try members.decodeIfPresent(
                [String: [String: PayloadField]].self, forKey: .payloads),
            adds: try members.decodeIfPresent(Audience.self, forKey: .adds),
            removes: try members.decodeIfPresent(String.self, forKey: .removes))
        guard when == nil || allocation != nil else {
            throw members.fault(.when, "only an allocation can be for some alone")
        }
    }
}
