import Foundation
package import Model

/// Answers requests from a world, as a function of the request, the instant and how often the
/// same was asked before. It has two faces over one truth: the vendor's, and OFREP.
package struct Answerer: Sendable {
    private let world: World
    private let chance: Chance
    private let reader: QuestionReader
    private let authorization: String
    private let ofrep: OFREP
    private let history: History

    package static let fetchPath = "/v1/experiences/fetch"
    package static let metadataPath = "/v1/experiences/metadata"

    package init(world: World, seed: UInt64) {
        self.world = world
        chance = Chance(seed: seed)
        reader = QuestionReader(places: world.places)
        let credentials = Data("\(world.workspaceID):\(world.apiKey)".utf8)
        authorization = "Basic " + credentials.base64EncodedString()
        history = History(of: world)
        ofrep = OFREP(world: world, history: history, chance: chance)
    }

    /// `attempt` counts earlier requests with the same path and body.
    package func answer(_ request: Request, now: Instant, attempt: Int) -> Answer {
        let path = request.path.prefix { $0 != "?" }
        if path.hasPrefix(OFREP.path) { return evaluate(request, now: now, attempt: attempt) }
        switch (request.method, path) {
        case ("POST", Self.fetchPath[...]), ("GET", Self.metadataPath[...]):
            if let refusal = refusal(of: request) { return refusal }
        case (_, Self.fetchPath[...]), (_, Self.metadataPath[...]):
            return .refusal(405, title: "Method not allowed", description: request.method)
        default:
            return .nowhere()
        }
        if path == Self.metadataPath { return metadata(request.path, now: now) }
        switch reader.read(request.body) {
        case .failure(let refusal):
            return .refusal(400, title: "Bad request", description: refusal.description)
        case .success(let question):
            return fetch(question, now: now, attempt: attempt, host: request.headers["host"])
        }
    }

    /// A wrong workspace is 400, a wrong key 401: as documented.
    private func refusal(of request: Request) -> Answer? {
        guard request.headers["moe-appkey"] == world.workspaceID else {
            return .refusal(
                400, title: "Bad request", description: "MOE-APPKEY is missing or unknown")
        }
        guard request.headers["authorization"] == authorization else {
            return .refusal(
                401, title: "Authentication required", description: "the API key is not valid")
        }
        return nil
    }

    private func metadata(_ path: String, now: Instant) -> Answer {
        let query = path.split(separator: "?").dropFirst().first ?? ""
        let statuses = query.split(separator: "&").first { $0.hasPrefix("status=") }?
            .dropFirst("status=".count).split(separator: ",").map(String.init)
        let listed = listed(at: now).filter { statuses?.contains($0.status) ?? true }
        var body = Body()
        body.object { body in
            body.object("metadata") { body in
                body.raw("count", "\(listed.count)")
                body.array(
                    "experiences",
                    listed.map { experience in
                        { body in
                            body.object {
                                $0.text("experience_name", experience.name)
                                $0.text("experience_key", experience.key)
                                $0.text("status", experience.status)
                            }
                        }
                    })
            }
        }
        return Answer(status: 200, body: body.bytes)
    }

    private func fetch(
        _ question: Question, now: Instant, attempt: Int, host: String?
    ) -> Answer {
        tell(Inquiry(question, now: now, attempt: attempt, chance: chance), host: host) {
            body(of: $0, for: question, hasWrongCampaign: $1?.kind == .wrongID)
        }
    }

    private func tell(
        _ inquiry: Inquiry, host: String?, body: ([Truth], FaultRule?) -> [UInt8]
    ) -> Answer {
        let present = history.experiences(at: inquiry.now)
        let truths =
            if let keys = inquiry.question.keys {
                keys.map { key in Truth(present.first { $0.key == key }, key: key, inquiry) }
            } else {
                present.map { Truth($0, key: $0.key, inquiry) }
            }
        let fault = world.fault(of: inquiry, serving: truths)
        var answer = Answer(
            status: 200, body: body(truths, fault), delayMilliseconds: world.delay(of: inquiry),
            truths: truths, question: inquiry.question)
        if let fault { answer.suffer(fault, chance: inquiry.faultDetail, host: host) }
        return answer
    }

    /// The other face: the same delays and faults, in its own words.
    private func evaluate(_ request: Request, now: Instant, attempt: Int) -> Answer {
        var answer = ofrep.answer(request, now: now, attempt: attempt)
        guard let question = answer.question else { return answer }
        let inquiry = Inquiry(question, now: now, attempt: attempt, chance: chance)
        answer.delayMilliseconds = world.delay(of: inquiry)
        if let fault = world.fault(of: inquiry, serving: answer.truths) {
            answer.sufferInOFREP(
                fault, chance: inquiry.faultDetail, host: request.headers["host"])
        }
        return answer
    }

    private func body(
        of truths: [Truth], for question: Question, hasWrongCampaign: Bool
    ) -> [UInt8] {
        var body = Body()
        body.object { body in
            body.object("experiences") { body in
                for truth in truths {
                    truth.write(to: &body, for: question, hasWrongCampaign: hasWrongCampaign)
                }
            }
            let told = truths.filter(\.tellsControl)
            guard !told.isEmpty else { return }
            body.array(
                "failures",
                [
                    { body in
                        body.object { body in
                            body.text("reason", "USER_IN_CAMPAIGN_CONTROL_GROUP")
                            body.array(
                                "experienceKeys",
                                told.map { truth in { $0.string(truth.served.experience) } })
                        }
                    }
                ])
        }
        return body.bytes
    }
}

/// In process, for who needs no bytes.
extension Answerer {
    /// The answer to a fetch that asks this. A sound one has no body, a broken one its own.
    package func tell(_ question: Question, now: Instant, attempt: Int) -> Answer {
        tell(Inquiry(question, now: now, attempt: attempt, chance: chance), host: nil) { _, _ in []
        }
    }

    /// The place that an address lies in; nil: nowhere.
    package func place(of address: String) -> String? { reader.place(of: address) }

    /// What metadata lists.
    package func listed(at now: Instant) -> [ServedExperience] { history.experiences(at: now) }

    /// How many edits of the world there were up to an instant.
    package func era(at now: Instant) -> Int { history.era(at: now) }
}
