/// The keys that one mapping of the file may hold, as they are spelled there. The published schema
/// lists the same ones; a test compares both.
protocol ConfigurationKey: RawRepresentable, CaseIterable, Hashable, Sendable
where RawValue == String {}

enum FileKey: String, ConfigurationKey {
    case store, listen, zone, agent, seed, targets, plans, objectives, exports
    case retention, commit
}

enum TargetKey: String, ConfigurationKey {
    case api
    case dataCenter = "data_center"
    case baseURL = "base_url"
    case workspaceID = "workspace_id"
    case keyFile = "api_key_file"
    case key = "api_key"
    case timeout, budget
    case maxInFlight = "max_in_flight"
    case http, tls, traceparent, maintenance
}

enum TLSKey: String, ConfigurationKey {
    case caFile = "ca_file"
    case certificate, key
    case serverName = "server_name"
    case minimum
}

enum MaintenanceKey: String, ConfigurationKey {
    case days, from, to, zone
}

enum PlanKey: String, ConfigurationKey {
    case target, experiences, every, continuous, overlong, active, rate, connections, subjects
    case matrix, compare, allocations, untested, controls, ramps, expectations, thresholds, watch
    case epoch
}

enum ActiveKey: String, ConfigurationKey {
    case days, hours, zone
}

enum SubjectsKey: String, ConfigurationKey {
    case panel, cohort
}

enum PanelKey: String, ConfigurationKey {
    case count, prefix, file
}

enum CohortKey: String, ConfigurationKey {
    case share, prefix, file
    case perDay = "per_day"
}

enum MatrixKey: String, ConfigurationKey {
    case day, hour, device, geo, attributes, exclude
}

enum UntestedKey: String, ConfigurationKey {
    case experience, audience
}

enum RampKey: String, ConfigurationKey {
    case variation, served, rest, within, steps
}

enum StepKey: String, ConfigurationKey {
    case at, share
}

enum ExpectationKey: String, ConfigurationKey {
    case when, experience, audience, variation, outcome, payload
}

enum ThresholdsKey: String, ConfigurationKey {
    case points, relative, latency
    case latencyFloor = "latency_floor"
    case errors
}

enum ObjectiveKey: String, ConfigurationKey {
    case target, latency, share, over
}

enum ExportKey: String, ConfigurationKey {
    case ndjson
}

enum NDJSONKey: String, ConfigurationKey {
    case directory, every
}

enum RetentionKey: String, ConfigurationKey {
    case observations, answers
    case fiveMinute = "five_minute"
    case hourly, daily
}

enum CommitKey: String, ConfigurationKey {
    case results, every
}
