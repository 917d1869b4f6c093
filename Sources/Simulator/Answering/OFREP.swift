import Foundation
import Model

/// The second face of a world: OpenFeature Remote Evaluation Protocol 0.3.0. An experience is a
/// flag, a variation its variant, a payload its value.
struct OFREP: Sendable {
    private let world: World
    private let history: History
    private let chance: Chance

    static let path = "/ofrep/v1/evaluate/flags"

    init(world: World, history: History, chance: Chance) {
        self.world = world
        self.history = history
        self.chance = chance
    }

    /// The sound answer. Its question is nil where the request was refused before.
    func answer(_ request: Request, now: Instant, attempt: Int) -> Answer {
        guard let asked = Asked(path: request.path.prefix { $0 != "?" }) else { return .nowhere() }
        guard request.method == "POST" else {
            return .refusal(405, title: "Method not allowed", description: request.method)
        }
        guard isAuthorized(request) else { return Answer(status: 401, body: []) }
        do throws(Refusal) {
            let question = try question(in: request.body, asked)
            let inquiry = Inquiry(question, now: now, attempt: attempt, chance: chance)
            let present = history.experiences(at: now)
            switch asked {
            case .one(let key): return one(key, of: present, inquiry)
            case .all: return all(of: present, inquiry)
            }
        } catch {
            return error.answer(400, key: asked.key)
        }
    }

    private func isAuthorized(_ request: Request) -> Bool {
        request.headers["authorization"] == "Bearer " + world.apiKey
            || request.headers["x-api-key"] == world.apiKey
    }

    private func one(
        _ key: String, of present: [ServedExperience], _ inquiry: Inquiry
    ) -> Answer {
        let experience = present.first { $0.key == key }
        let truth = Truth(experience, key: key, inquiry)
        var answer: Answer
        if experience == nil {
            answer = Refusal("FLAG_NOT_FOUND", "no such flag").answer(404, key: key)
        } else {
            var body = Body()
            truth.writeEvaluation(to: &body, for: inquiry.question)
            answer = Answer(status: 200, body: body.bytes)
        }
        answer.truths = [truth]
        answer.question = inquiry.question
        return answer
    }

    private func all(of present: [ServedExperience], _ inquiry: Inquiry) -> Answer {
        let truths = present.map { Truth($0, key: $0.key, inquiry) }
        var body = Body()
        body.object { body in
            body.array(
                "flags",
                truths.map { truth in { truth.writeEvaluation(to: &$0, for: inquiry.question) } })
        }
        return Answer(
            status: 200, headers: [("ETag", tag(at: inquiry.now))], body: body.bytes,
            truths: truths, question: inquiry.question)
    }

    /// Of the flags alone, whatever the context, as real servers have it: who sends it back as
    /// `If-None-Match` for another user is misled.
    private func tag(at now: Instant) -> String {
        let names = ["tag", "\(history.era(at: now))"] + world.experiences.map(\.key)
        let share = chance.after(names).share()
        return "\"\(String(share.bitPattern, radix: 16))\""
    }
}

/// Which flags a path asks for.
private enum Asked {
    case one(String)
    case all

    /// Nil: no path of this protocol.
    init?(path: Substring) {
        let parts = path.dropFirst(OFREP.path.count).split(
            separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1 where parts[0].isEmpty: self = .all
        case 2 where parts[0].isEmpty && !parts[1].isEmpty:
            guard let key = String(parts[1]).removingPercentEncoding else { return nil }
            self = .one(key)
        default: return nil
        }
    }

    var key: String? {
        if case .one(let key) = self { key } else { nil }
    }
}

/// Why there is no evaluation.
private struct Refusal: Error {
    let code: String
    let details: String

    init(_ code: String, _ details: String) {
        self.code = code
        self.details = details
    }

    func answer(_ status: Int, key: String?) -> Answer {
        var body = Body()
        body.object { body in
            if let key { body.text("key", key) }
            body.text("errorCode", code)
            body.text("errorDetails", details)
        }
        return Answer(status: status, body: body.bytes)
    }
}

/// A request's body.
private struct Evaluation: Decodable {
    let context: [String: Member]?
}

/// A member of a context.
private enum Member: Decodable {
    case text(String)
    case whole(Int)
    /// Another scalar as text; nil: null, or an object or array, which no rule can mean.
    case other(String?)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let whole = try? value.decode(Int.self) {
            self = .whole(whole)
        } else if let flag = try? value.decode(Bool.self) {
            self = .other("\(flag)")
        } else {
            self = .other((try? value.decode(Double.self)).map { "\($0)" })
        }
    }

    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var attribute: String? {
        switch self {
        case .text(let text): text
        case .whole(let number): "\(number)"
        case .other(let text): text
        }
    }

    /// `"07"` or 7; nil: no hour.
    var hour: Int? {
        switch self {
        case .text(let text): QuestionReader.hour(text)
        case .whole(let number): (0..<24).contains(number) ? number : nil
        case .other: nil
        }
    }
}

extension OFREP {
    private static let known: Set<String> = [
        "targetingKey", "day", "hour", "ipAddress", "userAgent",
    ]

    private func question(in body: [UInt8], _ asked: Asked) throws(Refusal) -> Question {
        guard let evaluation = try? JSONDecoder().decode(Evaluation.self, from: Data(body)) else {
            throw Refusal("PARSE_ERROR", "the body is no object with an object named context")
        }
        let context = evaluation.context ?? [:]
        var question = Question()
        question.keys = asked.key.map { [$0] }
        question.user = context["targetingKey"]?.string
        guard question.user != nil else {
            throw Refusal("TARGETING_KEY_MISSING", "targetingKey is a string")
        }
        question.day = context["day"]?.string.flatMap(Weekday.init(rawValue:))
        question.hour = context["hour"]?.hour
        guard question.day != nil || context["day"] == nil else {
            throw Refusal("INVALID_CONTEXT", "day is one of Monday … Sunday")
        }
        guard question.hour != nil || context["hour"] == nil else {
            throw Refusal("INVALID_CONTEXT", "hour is one of 00 … 23")
        }
        question.userAgent = context["userAgent"]?.string
        question.address = context["ipAddress"]?.string
        question.place = question.address.flatMap(QuestionReader(places: world.places).place(of:))
        for (name, member) in context where !Self.known.contains(name) {
            question.attributes[name] = member.attribute
        }
        return question
    }
}

extension Truth {
    /// Writes one flag's evaluation. Without variant and value the client takes its own default.
    fileprivate func writeEvaluation(to body: inout Body, for question: Question) {
        body.object { body in
            body.text("key", served.experience)
            body.text("reason", reason)
            guard let audience, let variation = served.variation else { return }
            body.text("variant", variation)
            body.object("value") { body in
                for (name, field) in payload { field.write(name, to: &body, for: question) }
            }
            body.object("metadata") { body in
                body.text("audience", audience.id)
                body.text("audienceName", audience.name)
                if let campaign = campaign() { body.text("campaign", campaign) }
            }
        }
    }

    private var reason: String {
        guard let audience else {
            return experience?.status == "Active" ? "DEFAULT" : "DISABLED"
        }
        return audience.allocation.count { $0.percent > 0 } > 1 ? "SPLIT" : "TARGETING_MATCH"
    }
}

extension Answer {
    /// Turns a sound answer into a broken one, in this protocol's own words where it has any.
    mutating func sufferInOFREP(_ rule: FaultRule, chance: Double, host: String?) {
        // There is no second name of a variation that could be wrong.
        guard rule.kind != .wrongID else { return }
        suffer(rule, chance: chance, host: host)
        switch rule.kind {
        case .serverError: body = Array(#"{"errorDetails":"try again later"}"#.utf8)
        case .rateLimit:
            headers = [("Retry-After", "\(rule.retryAfterSeconds ?? 1)")]
            body = []
        case .wrongShape:
            let isBulk = question?.keys == nil
            body = Array((isBulk ? #"{"flags":{}}"# : "[1,2,3]").utf8)
        default: break
        }
    }
}
