import Foundation
import Model

/// A world file that cannot be used: where, and why.
package struct WorldError: Error, Sendable, CustomStringConvertible {
    package let file: String
    /// `experiences[0].audiences[1].allocation`.
    package let place: String
    package let message: String

    package var description: String {
        "\(file): \(place.isEmpty ? "" : place + ": ")\(message);"
            + " schema/world.schema.json describes world files"
    }
}

extension World {
    /// Reads a world file's text; `file` names it in errors.
    package init(text: String, file: String) throws(WorldError) {
        do {
            self = try JSONDecoder().decode(World.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw WorldError(error, file: file)
        } catch {
            throw WorldError(file: file, place: "", message: "\(error)")
        }
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case description, places, experiences, latency, slowdowns, faults, changes
        case workspaceID = "workspace_id"
        case apiKey = "api_key"
        case rateLimit = "rate_limit"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            workspaceID: try members.decode(String.self, forKey: .workspaceID),
            apiKey: try members.decode(String.self, forKey: .apiKey),
            places: try members.decodeIfPresent([String: [String]].self, forKey: .places) ?? [:],
            experiences: try members.decode([ServedExperience].self, forKey: .experiences),
            latency: try members.decodeIfPresent([LatencyRule].self, forKey: .latency) ?? [],
            slowdowns: try members.decodeIfPresent([Slowdown].self, forKey: .slowdowns) ?? [],
            faults: try members.decodeIfPresent([FaultRule].self, forKey: .faults) ?? [],
            changes: try members.decodeIfPresent([Change].self, forKey: .changes) ?? [],
            rateLimit: try members.decodeIfPresent(RateLimit.self, forKey: .rateLimit))
    }
}

extension ServedExperience {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case key, name, status, audiences, instabilities
        case controlPercent = "control_percent"
        case tellsFailures = "tells_failures"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            key: try members.decode(String.self, forKey: .key),
            name: try members.decodeIfPresent(String.self, forKey: .name),
            status: try members.decodeIfPresent(String.self, forKey: .status) ?? "Active",
            controlPercent: try members.percent(.controlPercent) ?? 0,
            tellsFailures: try members.decodeIfPresent(Bool.self, forKey: .tellsFailures) ?? false,
            audiences: try members.decode([Audience].self, forKey: .audiences),
            instabilities: try members.decodeIfPresent(
                [Instability].self, forKey: .instabilities) ?? [])
        guard ["Active", "Paused", "Scheduled"].contains(status) else {
            throw members.fault(.status, "a status is Active, Paused or Scheduled, not '\(status)'")
        }
    }
}

extension Audience {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, name, when, allocation, ramp, payloads
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        let id = try members.decode(String.self, forKey: .id)
        self.init(
            id: id, name: try members.decodeIfPresent(String.self, forKey: .name) ?? id,
            when: try members.decodeIfPresent(Rule.self, forKey: .when) ?? Rule(),
            allocation: try members.allocation(.allocation) ?? [],
            ramp: try members.decodeIfPresent([RampStep].self, forKey: .ramp) ?? [],
            payloads: try members.decodeIfPresent(
                [String: [String: PayloadField]].self, forKey: .payloads) ?? [:])
        guard !allocation.isEmpty else {
            throw members.fault(
                .allocation, "an audience has an allocation, as in {\"1\": 50, \"2\": 50}")
        }
    }
}

extension RampStep {
    private enum CodingKeys: String, CodingKey, CaseIterable { case at, percent, reshuffle }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        guard let percent = try members.percent(.percent) else {
            throw members.fault(.percent, "a step has a percent")
        }
        self.init(
            at: try members.requiredInstant(.at), percent: percent,
            reshuffles: try members.decodeIfPresent(Bool.self, forKey: .reshuffle) ?? false)
    }
}

extension PayloadField {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case value
        case type = "data_type"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            try members.decode(String.self, forKey: .value),
            type: try members.decodeIfPresent(String.self, forKey: .type) ?? "string")
        let types = ["string", "number", "boolean", "float", "json"]
        guard types.contains(type) else {
            throw members.fault(.type, "a data type is \(types.joined(separator: ", "))")
        }
    }
}

extension RateLimit {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case perSecond = "per_second"
        case retryAfter = "retry_after_s"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        guard let seconds = try members.wait(.retryAfter) else {
            throw members.fault(.retryAfter, "a limit says when to come back")
        }
        self.init(
            perSecond: try members.decode(Int.self, forKey: .perSecond), retryAfterSeconds: seconds)
        guard perSecond >= 1 else { throw members.fault(.perSecond, "a limit is at least 1") }
    }
}
