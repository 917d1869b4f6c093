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

    package static let fetchPath = "/v1/experiences/fetch"
    package static let metadataPath = "/v1/experiences/metadata"

    package init(world: World, seed: UInt64) {
        self.world = world
        chance = Chance(seed: seed)
        reader = QuestionReader(places: world.places)
        let credentials = Data("\(world.workspaceID):\(world.apiKey)".utf8)
        authorization = "Basic " + credentials.base64EncodedString()
        ofrep = OFREP(world: world, chance: chance)
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
        let listed = world.experiences(at: now).filter { statuses?.contains($0.status) ?? true }
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
        let present = world.experiences(at: now)
        let keys = question.keys ?? present.map(\.key)
        let truths = keys.map { key in
            Truth(experience: present.first { $0.key == key }, key: key, question, now, chance)
        }
        let fault = fault(for: question, now: now, attempt: attempt)
        let body = body(
            of: truths, for: question, hasWrongCampaign: fault?.kind == .wrongID)
        var answer = Answer(
            status: 200, body: body, delayMilliseconds: delay(of: question),
            served: truths.map(\.served), question: question)
        if let fault {
            answer.suffer(fault, chance: faultDetail(of: question), host: host)
        }
        return answer
    }

    /// The other face: the same delays and faults, in its own words.
    private func evaluate(_ request: Request, now: Instant, attempt: Int) -> Answer {
        var answer = ofrep.answer(request, now: now)
        guard let question = answer.question else { return answer }
        answer.delayMilliseconds = delay(of: question)
        if let fault = fault(for: question, now: now, attempt: attempt) {
            answer.sufferInOFREP(
                fault, chance: faultDetail(of: question), host: request.headers["host"])
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

    /// Log-normal with a tail; the same question takes the same time.
    private func delay(of question: Question) -> Double {
        guard let rule = world.latency.first(where: { $0.when.holds(for: question) }) else {
            return 0
        }
        let names = names(of: question)
        let first = max(chance.share(names + ["u"]), 1e-12)
        let second = chance.share(names + ["v"])
        // Box, Muller (1958): a normal deviate from two uniform ones.
        let normal = (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
        let isTail = chance.share(names + ["tail"]) < rule.tailShare
        let milliseconds = rule.medianMilliseconds * exp(rule.sigma * normal)
        return max(rule.minimumMilliseconds, isTail ? milliseconds * rule.tailFactor : milliseconds)
    }

    /// The fault of a request, if any: each rule that holds takes its share of one draw.
    private func fault(for question: Question, now: Instant, attempt: Int) -> FaultRule? {
        let draw = chance.share(names(of: question) + ["fault", "\(attempt)"])
        var passed = 0.0
        for rule in world.faults
        where rule.when.holds(for: question) && now >= rule.from ?? now
            && now < rule.until ?? .distantFuture
        {
            passed += rule.share
            if draw < passed { return rule }
        }
        return nil
    }

    /// Which of its forms a fault takes.
    private func faultDetail(of question: Question) -> Double {
        chance.share(names(of: question) + ["fault detail"])
    }

    private func names(of question: Question) -> [String] {
        [
            question.user ?? "", question.day?.rawValue ?? "", question.hour.map { "\($0)" } ?? "",
            question.userAgent ?? "", question.address ?? "",
            question.attributes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(
                separator: "&"),
            (question.keys ?? []).joined(separator: ","),
        ]
    }
}

extension Instant {
    fileprivate static let distantFuture = Instant(microseconds: .max)
}
