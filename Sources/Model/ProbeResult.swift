/// The parts of a probe's time, in microseconds. Nil: the probe had no such part, or did not
/// reach it; the part in which a probe failed holds the time until the failure. All parts
/// together are done − due, exactly.
package struct Phases: Hashable, Sendable {
    /// How late the probe left after it was due: ours.
    package var lagUs: Int64
    /// The part of the lag in which the probe waited for its subject's former probe to end; nil:
    /// it did not.
    package var heldUs: Int64?
    package var dnsUs: Int64?
    package var connectUs: Int64?
    package var tlsUs: Int64?
    /// Writing the request.
    package var requestUs: Int64?
    /// From the request written to the answer's first byte.
    package var firstByteUs: Int64?
    /// From the first byte to the last.
    package var transferUs: Int64?

    package init(
        lagUs: Int64, heldUs: Int64? = nil, dnsUs: Int64? = nil, connectUs: Int64? = nil,
        tlsUs: Int64? = nil,
        requestUs: Int64? = nil, firstByteUs: Int64? = nil, transferUs: Int64? = nil
    ) {
        self.lagUs = lagUs
        self.heldUs = heldUs
        self.dnsUs = dnsUs
        self.connectUs = connectUs
        self.tlsUs = tlsUs
        self.requestUs = requestUs
        self.firstByteUs = firstByteUs
        self.transferUs = transferUs
    }

    /// First byte written to last byte received: theirs. Nil: no request was written.
    package var latencyUs: Int64? {
        requestUs.map { $0 + (firstByteUs ?? 0) + (transferUs ?? 0) }
    }

    /// How late we were by ourselves: the lag without the wait for the subject.
    package var jitterUs: Int64 { lagUs - (heldUs ?? 0) }

    /// Name resolution, connection and TLS.
    package var setUpUs: Int64 { (dnsUs ?? 0) + (connectUs ?? 0) + (tlsUs ?? 0) }

    /// Due to done, free of coordinated omission.
    package var responseUs: Int64 { lagUs + setUpUs + (latencyUs ?? 0) }

    /// The value of one phase; nil: the probe had no such phase.
    package subscript(phase: Phase) -> Int64? {
        switch phase {
        case .latency: latencyUs
        case .response: responseUs
        case .lag: lagUs
        case .jitter: jitterUs
        case .dns: dnsUs
        case .connect: connectUs
        case .tls: tlsUs
        case .request: requestUs
        case .firstByte: firstByteUs
        case .transfer: transferUs
        }
    }
}

/// What a latency report can be about.
package enum Phase: String, CaseIterable, Sendable, Codable, Hashable {
    case latency, response, lag, jitter, dns, connect, tls, request
    case firstByte = "first_byte"
    case transfer
}

/// One experience's part of a result.
///
/// Its parts stand behind one reference, with their hash: the same few answers come again and
/// again, and each is counted, checked and stored by what it says.
package struct Observation: Hashable, Sendable {
    private let parts: Hashed<Values>
    /// The payload's members as text, sorted by name, long ones cut: for what is expected of them;
    /// not stored. Equality leaves it to the fingerprint, which says the same in less.
    package let payload: [PayloadMember]

    package var experience: String { parts.value.experience }
    package var outcome: Outcome { parts.value.outcome }
    package var reason: Reason? { parts.value.reason }
    package var variation: String? { parts.value.variation }
    package var audience: String? { parts.value.audience }
    package var audienceName: String? { parts.value.audienceName }
    package var locale: String? { parts.value.locale }
    /// The campaign id of the answer, as it came.
    package var campaign: String? { parts.value.campaign }
    /// Hash of the payload in canonical form: tells that content changed, never a variation.
    package var fingerprint: String? { parts.value.fingerprint }
    /// The payload's keys and data types, `Image:string,Title:string`, sorted by key. For the
    /// checks of an answer; not stored with it.
    package var shape: String? { parts.value.shape }

    private struct Values: Hashable, Sendable {
        let experience: String
        let outcome: Outcome
        let reason: Reason?
        let variation: String?
        let audience: String?
        let audienceName: String?
        let locale: String?
        let campaign: String?
        let fingerprint: String?
        let shape: String?
    }

    package init(
        experience: String, outcome: Outcome, reason: Reason? = nil, variation: String? = nil,
        audience: String? = nil, audienceName: String? = nil, locale: String? = nil,
        campaign: String? = nil, fingerprint: String? = nil, shape: String? = nil,
        payload: [PayloadMember] = []
    ) {
        self.payload = payload
        parts = Hashed(
            Values(
                experience: experience, outcome: outcome, reason: reason, variation: variation,
                audience: audience, audienceName: audienceName, locale: locale,
                campaign: campaign, fingerprint: fingerprint, shape: shape))
    }

    private init(parts: Hashed<Values>) {
        self.parts = parts
        payload = []
    }

    /// The same answer, to be kept for long: its payload stays behind.
    package var withoutPayload: Observation { Observation(parts: parts) }

    package static func == (a: Self, b: Self) -> Bool { a.parts == b.parts }

    package func hash(into hasher: inout Hasher) { hasher.combine(parts) }

    /// The same answer with a fingerprint and nothing for the checks.
    package func fingerprinted(_ fingerprint: String?) -> Observation {
        Observation(
            experience: experience, outcome: outcome, reason: reason, variation: variation,
            audience: audience, audienceName: audienceName, locale: locale, campaign: campaign,
            fingerprint: fingerprint)
    }
}

/// How a result travelled.
package struct Transport: Hashable, Sendable {
    package enum Connection: String, Sendable, Codable, CaseIterable {
        case new, reused
    }

    package var httpStatus: Int?
    /// `1.0`, `1.1` or `2`.
    package var httpVersion: String?
    package var connection: Connection?
    package var remoteAddress: String?
    /// Bytes of the answer's body.
    package var bytes: Int?

    package init(
        httpStatus: Int? = nil, httpVersion: String? = nil, connection: Connection? = nil,
        remoteAddress: String? = nil, bytes: Int? = nil
    ) {
        self.httpStatus = httpStatus
        self.httpVersion = httpVersion
        self.connection = connection
        self.remoteAddress = remoteAddress
        self.bytes = bytes
    }
}

/// What one probe measured. Times: `sentAt` is due + lag, `doneAt` is due + response.
package struct ProbeResult: Hashable, Sendable {
    package var probe: Probe
    package var dueAt: Instant
    package var phases: Phases
    package var transport: Transport
    /// Nil: answered.
    package var failure: Failure?
    /// One for each experience asked, in the order asked; a failed fetch has one each as well.
    package var observations: [Observation]
    /// 32 hexadecimal digits of the trace that the probe was sent as part of; nil: of none.
    package var traceID: String?
    /// True: due while the target's operator worked on it.
    package var isMaintenance: Bool
    /// The answer's bytes, answered or failed; nil: none came, too many, or they were not read.
    package var body: AnswerBody?

    package init(
        probe: Probe, dueAt: Instant, phases: Phases, transport: Transport,
        failure: Failure? = nil, observations: [Observation], traceID: String? = nil,
        isMaintenance: Bool = false, body: AnswerBody? = nil
    ) {
        self.probe = probe
        self.dueAt = dueAt
        self.phases = phases
        self.transport = transport
        self.failure = failure
        self.observations = observations
        self.traceID = traceID
        self.isMaintenance = isMaintenance
        self.body = body
    }

    package var sentAt: Instant { dueAt.advanced(by: phases.lagUs) }
    package var doneAt: Instant { dueAt.advanced(by: phases.responseUs) }

    /// The observations of a probe whose fetch failed: one for each experience asked.
    package static func failedObservations(
        of probe: Probe, _ failure: Failure
    ) -> [Observation] {
        probe.experiences.map {
            Observation(experience: $0, outcome: failure.outcome, reason: failure.reason)
        }
    }
}
