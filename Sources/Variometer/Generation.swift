import Configuring
import Foundation
import Model
import NIOPosix
import Probing

/// What one configuration runs: a prober for each of its targets, until its halt is raised.
struct Generation: Sendable {
    let configuration: LoadedConfiguration
    let probers: [String: Prober]
    let halt = Halt()

    init(
        _ configuration: LoadedConfiguration, keeping former: Generation?,
        onEvent: @escaping @Sendable (_ target: String, _ event: ProberEvent) -> Void
    ) throws {
        self.configuration = configuration
        let targets = configuration.effective.targets
        var limits = Limits()
        limits.connections = connectionLimit / max(1, targets.count)
        // One commit's results wait while the next one's come.
        limits.unacknowledged = max(
            limits.unacknowledged, 2 * configuration.effective.commit.results)
        var probers: [String: Prober] = [:]
        for target in targets {
            guard let key = configuration.keys[target.name] else { continue }
            let name = target.name
            if let former, let kept = former.probers[name], kept.target == target,
                former.configuration.keys[name] == key
            {
                probers[name] = kept
                continue
            }
            probers[name] = try Prober(
                endpoint: Endpoint(
                    target: target, key: key, userAgent: probeUserAgent,
                    rereadKey: { configuration.rereadKey(of: name) }),
                group: MultiThreadedEventLoopGroup.singleton, limits: limits
            ) { onEvent(name, $0) }
        }
        self.probers = probers
    }

    /// Nothing more of it is sent; what is in flight ends or runs out of time.
    func stop() {
        for prober in probers.values { prober.stop(halt) }
    }

    /// The probers that another generation does not go on with.
    func probers(without next: Generation) -> [Prober] {
        probers.filter { next.probers[$0.key] !== $0.value }.map(\.value)
    }

    /// The keys that a plan watches; none: the API answers for everything when asked for nothing.
    func experiences(of plan: Plan) async throws -> [String] {
        switch plan.experiences {
        case .keys(let keys): return keys
        case .all:
            guard let prober = probers[plan.target],
                let listed = try await prober.metadata(statuses: ["Active"])
            else { return [] }
            let keys = listed.map(\.key).sorted()
            guard !keys.isEmpty else {
                throw CommandFailure(
                    .unavailable,
                    "plan \(plan.name): the metadata API lists no active experience; name them"
                        + " under `experiences`")
            }
            return keys
        }
    }
}

/// Descriptors that are not for probes: the store, its readers, the page, logs.
private let reservedDescriptors = 128

/// As many descriptors as the system lets this process have.
func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

/// Connections that all targets together may have at once: were descriptors used up, the store
/// would fail with them.
private var connectionLimit: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
    return max(1, Int(clamping: limit.rlim_cur) - reservedDescriptors)
}
