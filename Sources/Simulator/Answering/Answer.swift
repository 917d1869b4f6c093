/// What one experience's part of an answer was.
package struct Served: Sendable, Hashable {
    package let experience: String
    /// Nil: unmatched.
    package let variation: String?
    package let audience: String?
    package let audienceName: String?
}

/// An answer before it goes onto the wire, with the truth that the journal keeps.
package struct Answer: Sendable {
    /// How the bytes are sent.
    package enum Delivery: Sendable, Hashable {
        case whole
        /// The connection is reset instead.
        case reset
        /// Half of the body, then the connection is closed.
        case truncated
        /// The head, half of the body, a pause of this many milliseconds, the rest.
        case slow(milliseconds: Int)
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var delivery: Delivery
    package var delayMilliseconds: Double
    /// Nil: a sound answer.
    package var fault: FaultRule.Kind?
    /// Empty where nothing was told.
    package var truths: [Truth]
    /// The question as it was read; nil: it was refused before.
    package var question: Question?
    /// True: the request named an endpoint that does not exist here.
    package var isNowhere = false

    init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8],
        delivery: Delivery = .whole, delayMilliseconds: Double = 0, fault: FaultRule.Kind? = nil,
        truths: [Truth] = [], question: Question? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delivery = delivery
        self.delayMilliseconds = delayMilliseconds
        self.fault = fault
        self.truths = truths
        self.question = question
    }

    package var served: [Served] { truths.map(\.served) }

    /// An error in the envelope that the contract documents.
    static func refusal(_ status: Int, title: String, description: String) -> Answer {
        var body = Body()
        body.object {
            $0.text("title", title)
            $0.text("description", description)
        }
        return Answer(status: status, body: body.bytes)
    }

    static func nowhere() -> Answer {
        var answer = refusal(404, title: "Not found", description: "no such resource")
        answer.isNowhere = true
        return answer
    }
}

/// A request as it came off the wire.
package struct Request: Sendable {
    package var method: String
    /// With its query.
    package var path: String
    package var headers: [String: String]
    package var body: [UInt8]

    /// Header names are in lower case.
    package init(method: String, path: String, headers: [String: String], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}
