/// One observation as it is exported: flat, every member present, `null` where unknown. The
/// store's view `observation_line` has the same columns in the same order, and
/// `schema/observation.schema.json` describes it.
package struct ObservationLine: Hashable, Sendable {
    /// Version of this shape.
    package static let schema = 1

    /// Place in the store's order, from 1; never used twice.
    package var seq: Int64
    package var id: String
    package var resultID: String
    package var agent: String
    /// Names one life of the daemon.
    package var boot: String
    package var target: String
    package var plan: String
    package var round: Int
    package var index: Int
    package var dueAt: Instant
    package var phases: Phases
    package var subject: String
    package var population: Population
    package var context: Context
    package var observation: Observation
    package var transport: Transport
    package var traceID: String?
    package var maintenance: Bool

    package init(
        seq: Int64, id: String, resultID: String, agent: String, boot: String, target: String,
        plan: String, round: Int, index: Int, dueAt: Instant, phases: Phases, subject: String,
        population: Population, context: Context, observation: Observation, transport: Transport,
        traceID: String? = nil, maintenance: Bool = false
    ) {
        self.seq = seq
        self.id = id
        self.resultID = resultID
        self.agent = agent
        self.boot = boot
        self.target = target
        self.plan = plan
        self.round = round
        self.index = index
        self.dueAt = dueAt
        self.phases = phases
        self.subject = subject
        self.population = population
        self.context = context
        self.observation = observation
        self.transport = transport
        self.traceID = traceID
        self.maintenance = maintenance
    }
}

extension ObservationLine: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object {
            writeIdentity(to: &$0)
            writeQuestion(to: &$0)
            writeAnswer(to: &$0)
            writeTimes(to: &$0)
        }
    }

    private func writeIdentity(to json: inout JSONText) {
        json.member("schema", Self.schema)
        json.member("id", id)
        json.member("result_id", resultID)
        json.member("agent", agent)
        json.member("boot", boot)
        json.member("seq", seq)
        json.member("target", target)
        json.member("plan", plan)
        json.member("round", round)
        json.member("index", index)
        json.member("due_at", dueAt)
        json.member("sent_at", dueAt.advanced(by: phases.lagUs))
        json.member("done_at", dueAt.advanced(by: phases.responseUs))
    }

    private func writeQuestion(to json: inout JSONText) {
        json.member("subject", subject)
        json.member("population", population.rawValue)
        json.member("day", context.day?.rawValue)
        json.member("hour", context.hour)
        json.member("device", context.device)
        json.member("geo", context.geo)
        json.name("attributes")
        json.object { json in
            for attribute in context.attributes { json.member(attribute.name, attribute.value) }
        }
    }

    private func writeAnswer(to json: inout JSONText) {
        json.member("experience", observation.experience)
        json.member("outcome", observation.outcome.rawValue)
        json.member("reason", observation.reason?.rawValue)
        json.member("variation", observation.variation)
        json.member("audience", observation.audience)
        json.member("audience_name", observation.audienceName)
        json.member("locale", observation.locale)
        json.member("campaign", observation.campaign)
        json.member("fingerprint", observation.fingerprint)
        json.member("http_status", transport.httpStatus)
        json.member("http_version", transport.httpVersion)
        json.member("connection", transport.connection?.rawValue)
        json.member("remote_address", transport.remoteAddress)
    }

    private func writeTimes(to json: inout JSONText) {
        json.member("latency_us", phases.latencyUs)
        json.member("lag_us", phases.lagUs)
        json.member("dns_us", phases.dnsUs)
        json.member("connect_us", phases.connectUs)
        json.member("tls_us", phases.tlsUs)
        json.member("request_us", phases.requestUs)
        json.member("first_byte_us", phases.firstByteUs)
        json.member("transfer_us", phases.transferUs)
        json.member("bytes", transport.bytes)
        json.member("trace_id", traceID)
        json.member("maintenance", maintenance)
    }
}
