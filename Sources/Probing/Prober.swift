package import Model
package import NIOCore

/// Probes one target. Everything happens on one event loop of the group; the methods may be
/// called from anywhere.
package final class Prober: Sendable {
    private let endpoint: Endpoint
    private let loop: any EventLoop
    private let lane: NIOLoopBoundBox<Lane>

    /// Throws where the target's URL or certificates cannot be used; no socket is opened. Events
    /// come on the event loop: whoever takes them must not block.
    package convenience init(
        endpoint: Endpoint, group: any EventLoopGroup, limits: Limits = Limits(),
        onEvent: @escaping @Sendable (ProberEvent) -> Void = { _ in }
    ) throws {
        try self.init(
            endpoint: endpoint, group: group, limits: limits, lookup: .system, onEvent: onEvent)
    }

    init(
        endpoint: Endpoint, group: any EventLoopGroup, limits: Limits, lookup: NameLookup,
        onEvent: @escaping @Sendable (ProberEvent) -> Void = { _ in }
    ) throws(ProbingError) {
        let target = endpoint.target
        let origin = try checkedOrigin(of: target)
        let loop = group.next()
        let pool = ConnectionPool(
            loop: loop,
            names: NameCache(origin: origin, lookup: lookup, age: limits.nameAge, loop: loop),
            tls: origin.isSecure ? try TLSClient(target: target, origin: origin) : nil,
            target: target, limits: limits
        ) { onEvent(.certificate(expirySeconds: $0)) }
        self.endpoint = endpoint
        self.loop = loop
        lane = .makeBoxSendingValue(
            Lane(endpoint: endpoint, pool: pool, limits: limits, loop: loop, onEvent: onEvent),
            eventLoop: loop)
        loop.execute { preferPunctuality() }
    }

    package var target: Target { endpoint.target }

    /// Sends the probes of a schedule as they become due. Several schedules may run at once; they
    /// share the target's budget and its cap of probes in flight. The stream ends when the last
    /// result is told. Results wait in bounded memory if the reader is slow, so a reader must
    /// `acknowledge` what it has committed.
    package func run(_ schedule: Schedule, on timeline: Timeline) -> AsyncStream<Batch> {
        let (batches, continuation) = AsyncStream.makeStream(
            of: Batch.self, bufferingPolicy: .bufferingOldest(2))
        loop.execute { [lane] in
            lane.value.begin(Run(schedule, on: timeline, into: continuation))
        }
        return batches
    }

    /// Results of former batches were committed: as many new ones may be made.
    package func acknowledge(_ results: Int) {
        loop.execute { [lane] in lane.value.acknowledge(results) }
    }

    /// Nothing more is sent by the schedules that hold this halt, now or later. What is in flight
    /// ends or runs out of time, then their streams end.
    package func stop(_ halt: Halt) {
        halt.raise()
        loop.execute { [lane] in lane.value.haltRaised() }
    }

    /// Nothing more is sent by schedules, now or later. What is in flight ends or runs out of
    /// time, then the streams end. Positions that were not sent are neither dropped nor settled.
    package func stop() {
        loop.execute { [lane] in lane.value.stop() }
    }

    /// One probe, due now, outside of any schedule.
    package func probe(
        _ probe: Probe, connections: ConnectionPolicy = .keepAlive, on timeline: Timeline
    ) async -> ProbeResult {
        await withCheckedContinuation { continuation in
            loop.execute { [lane] in
                lane.value.probe(probe, passage: Passage(policy: connections), on: timeline) {
                    continuation.resume(returning: $0.result)
                }
            }
        }
    }

    /// One probe, due now, and all that can be shown of it.
    package func trace(
        _ probe: Probe, connections: ConnectionPolicy, on timeline: Timeline
    ) async -> ProbeTrace {
        await withCheckedContinuation { continuation in
            loop.execute { [lane] in
                let passage = Passage(policy: connections, keepsFields: true)
                let wire = lane.value.wire
                lane.value.probe(probe, passage: passage, on: timeline) {
                    continuation.resume(
                        returning: ProbeTrace(
                            result: $0.result, request: $0.request, answer: $0.answer, wire: wire))
                }
            }
        }
    }

    /// The experiences that the API lists with one of the statuses (`Active`, `Paused`,
    /// `Scheduled`); no statuses: with any. Nil: the API has no such list.
    package func metadata(statuses: [String]) async throws -> [ExperienceMetadata]? {
        let verdict = await withCheckedContinuation { continuation in
            loop.execute { [lane] in
                lane.value.metadata(statuses: statuses) { continuation.resume(returning: $0) }
            }
        }
        switch verdict {
        case nil: return nil
        case .answered(let list): return list
        case .failed(let failure):
            throw ProbingError(
                .metadata,
                operation: "fetch the metadata of target", subject: endpoint.target.name,
                hint: "\(failure.outcome.rawValue): \(failure.reason.rawValue)")
        }
    }

    /// Stops, lets what is in flight end or run out of time, and closes the connections.
    package func shutdown() async {
        let promise = loop.makePromise(of: Void.self)
        loop.execute { [lane] in lane.value.close(promise) }
        try? await promise.futureResult.get()
    }
}

/// Where a target is. What goes into the head of a request must not break its lines.
private func checkedOrigin(of target: Target) throws(ProbingError) -> Origin {
    guard let origin = Origin(BaseURL(target.baseURL)) else {
        throw ProbingError(
            .target, operation: "connect to target", subject: target.baseURL,
            hint: "base_url must read http://host:port or https://host")
    }
    let text = target.baseURL.unicodeScalars + target.workspaceID.unicodeScalars
    guard text.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
        throw ProbingError(
            .target, operation: "use the settings of target", subject: target.name,
            hint: "base_url and workspace_id may hold visible ASCII characters only")
    }
    return origin
}
