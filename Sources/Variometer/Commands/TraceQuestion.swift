import Configuring
import Foundation
import Model
import Planning
import Probing
import Storage

/// Which probe `trace` sends: a plan's question in a context of the user's choice.
struct TraceQuestion {
    let plan: Plan
    let target: Target
    let context: Context
    /// What the user may not have meant.
    let remarks: [String]
    private let subject: String?
    private let agent: String
    private let seed: UInt64
    private let pool: SubjectPool

    /// `settings` are `dimension=value`, each dimension at most once.
    init(
        plan: Plan, in configuration: LoadedConfiguration, settings: [String], subject: String?
    ) throws {
        let effective = configuration.effective
        guard let target = effective.target(named: plan.target) else {
            throw CommandFailure(.configuration, "plan \(plan.name) has no target")
        }
        self.plan = plan
        self.target = target
        self.subject = subject
        agent = effective.agent
        seed = try knownSeed(of: effective) ?? 0
        pool = configuration.pools[plan.name] ?? SubjectPool()
        let matrix = Matrix(plan.matrix)
        let now = WallClock.system.now()
        var choice = ContextChoice(
            matrix.count > 0 ? matrix.context(at: 0, now: now) : Context(), matrix: plan.matrix)
        for setting in settings { try choice.set(setting) }
        context = choice.context
        remarks = choice.remarks
    }

    /// The probe; asks the metadata API where the plan watches all active experiences.
    func probe(asking prober: Prober) async throws -> Probe {
        let keys =
            switch plan.experiences {
            case .keys(let keys): keys
            case .all:
                (try await prober.metadata(statuses: ["Active"]) ?? []).map(\.key).sorted()
            }
        let probe = singleProbe(
            of: plan, experiences: Pack.packs(of: keys).first ?? [], in: context, subject: subject,
            agent: agent, seed: seed, pool: pool)
        guard let probe else {
            throw CommandFailure(
                .configuration,
                "plan \(plan.name) has a cohort file only, whose users are used once each: name"
                    + " somebody with --subject")
        }
        return probe
    }
}

/// A context as a user sets it, dimension by dimension.
struct ContextChoice {
    private(set) var context: Context
    /// Values that are asked though the plan does not have them.
    private(set) var remarks: [String] = []
    private let matrix: MatrixDefinition
    private var isSet: Set<String> = []

    init(_ context: Context, matrix: MatrixDefinition) {
        self.context = context
        self.matrix = matrix
    }

    /// Takes one `dimension=value`. Throws where it names nothing that can be asked.
    mutating func set(_ setting: String) throws {
        guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
            throw refused(setting, "write dimension=value, such as hour=19")
        }
        let dimension = String(setting[..<equals])
        let text = String(setting[setting.index(after: equals)...])
        guard isSet.insert(dimension).inserted else {
            throw refused(setting, "\(dimension) is set twice")
        }
        try place(text == "null" ? nil : text, in: dimension, setting)
        let value = context.segment[dimension]?.value
        let isPlanned = Matrix(matrix).count(
            in: Segment([Coordinate(dimension: dimension, value: value)]))
        if isPlanned == 0 { remarks.append("\(setting) is not in the plan's matrix") }
    }

    private mutating func place(
        _ value: String?, in dimension: String, _ setting: String
    ) throws {
        let value = try known(value, in: dimension, setting)
        let others = context.coordinates.filter { $0.dimension != dimension }
        // A built-in dimension that is left out is none; an attribute is one without a value.
        let isHeld = value != nil || !Dimension.builtIn.contains(dimension)
        let own = isHeld ? [Coordinate(dimension: dimension, value: value)] : []
        context = Context(Segment(others + own)) ?? context
    }

    /// The value as contexts spell it.
    private func known(
        _ value: String?, in dimension: String, _ setting: String
    ) throws -> String? {
        switch dimension {
        case Dimension.day:
            let days = Weekday.allCases.map(\.rawValue)
            return try known(value, setting, { days.contains($0) ? $0 : nil }) { days }
        case Dimension.hour:
            return try known(value, setting, Self.hour) { ["0…23"] }
        case Dimension.device:
            let names = matrix.devices.map(\.name) + Catalogue.devices.map(\.name)
            return try known(value, setting, { names.contains($0) ? $0 : nil }) { names }
        case Dimension.geo:
            let names = matrix.geos.map(\.name) + Catalogue.geos.map(\.name)
            return try known(value, setting, { names.contains($0) ? $0 : nil }) { names }
        default:
            guard context.attributes.contains(where: { $0.name == dimension }) else {
                let names = Dimension.builtIn + matrix.attributes.map(\.name)
                throw refused(
                    setting,
                    "there is no such dimension; there is "
                        + names.joined(separator: ", "))
            }
            return value
        }
    }

    private static func hour(_ text: String) -> String? {
        Int(text).flatMap { (0..<24).contains($0) ? String($0) : nil }
    }

    /// The value that a text means; nil: it is left out.
    private func known(
        _ text: String?, _ setting: String, _ read: (String) -> String?, among names: () -> [String]
    ) throws -> String? {
        guard let text else { return nil }
        guard let value = read(text) else {
            throw refused(setting, "it is one of " + names().joined(separator: ", "))
        }
        return value
    }

    private func refused(_ setting: String, _ what: String) -> CommandFailure {
        CommandFailure(.usage, "--set \(setting): \(what)")
    }
}

/// The seed that is configured, or that the store keeps; nil: none was drawn yet.
func knownSeed(of configuration: EffectiveConfiguration) throws -> UInt64? {
    if let seed = configuration.seed { return seed }
    guard FileManager.default.fileExists(atPath: configuration.store) else { return nil }
    return try Store(reading: configuration.store).seed()
}

/// The lines that a result's observations make, by way of a store of their own that is gone after.
func stored(
    _ result: ProbeResult, by configuration: EffectiveConfiguration
) throws -> [ObservationLine] {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "variometer-trace-" + UUID().uuidString)
    try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(writing: folder.appending(path: "trace.db").path)
    try store.begin(
        boot: "trace", agent: configuration.agent, configuration: configuration, at: result.dueAt)
    try store.record([result], rounds: [], boot: "trace")
    let lines = try store.observationLines(after: 0, since: nil, until: nil, limit: .max)
    try store.close()
    return lines
}
