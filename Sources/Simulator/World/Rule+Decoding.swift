import Model

extension Rule: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case day, hour, device, platform, geo, attributes, users
        case userPrefix = "user_prefix"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            days: try members.decodeIfPresent([Weekday].self, forKey: .day) ?? [],
            hours: try members.decodeIfPresent([Int].self, forKey: .hour) ?? [],
            devices: try members.decodeIfPresent([String].self, forKey: .device) ?? [],
            platforms: try members.decodeIfPresent([String].self, forKey: .platform) ?? [],
            places: try members.decodeIfPresent([String].self, forKey: .geo) ?? [],
            attributes: try members.decodeIfPresent(
                [String: [String]].self, forKey: .attributes) ?? [:],
            users: try members.decodeIfPresent([String].self, forKey: .users) ?? [],
            userPrefix: try members.decodeIfPresent(String.self, forKey: .userPrefix))
        let types = ["Mobile", "Tablet", "Desktop"]
        guard devices.allSatisfy(types.contains) else {
            throw members.fault(.device, "a device is \(types.joined(separator: ", "))")
        }
        let systems = ["android", "ios", "other"]
        guard platforms.allSatisfy(systems.contains) else {
            throw members.fault(.platform, "a platform is \(systems.joined(separator: ", "))")
        }
    }
}
