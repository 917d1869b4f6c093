extension Answer {
    /// Turns a sound answer into a broken one; what was truly served is told no more, unless the
    /// body still arrives. `host` is what the request called this server.
    mutating func suffer(_ rule: FaultRule, chance: Double, host: String?) {
        fault = rule.kind
        let sound = truths
        truths = []
        switch rule.kind {
        case .serverError:
            let status = [500, 502, 503][Int(chance * 3)]
            let refusal = Answer.refusal(
                status, title: "Server error", description: "try again later")
            (self.status, headers, body) = (status, [], refusal.body)
        case .rateLimit:
            let refusal = Answer.refusal(429, title: "Too many requests", description: "slow down")
            (status, body) = (429, refusal.body)
            headers =
                chance < 0.5
                ? [("x-envoy-ratelimited", "true")]
                : [
                    ("x-ratelimit-limit", "10000"), ("x-ratelimit-remaining", "0"),
                    ("Retry-After", "\(rule.retryAfterSeconds ?? 1)"),
                ]
        case .reset: delivery = .reset
        case .garbage: body = [0x00, 0xFF, 0x7B, 0x22, 0x80, 0x0A, 0x01]
        case .html: body = Array("<html><body><h1>It works!</h1></body></html>".utf8)
        case .truncated: delivery = .truncated
        case .slowBody:
            delivery = .slow(milliseconds: 300)
            truths = sound
        case .wrongShape: body = Array(#"{"experiences":[1,2,3]}"#.utf8)
        case .redirect:
            (status, headers, body) = (302, [("Location", elsewhere(than: host))], [])
        case .wrongID:
            // The body was written so already; where nothing is served, nothing is wrong.
            truths = sound
            if sound.allSatisfy({ $0.served.variation == nil }) { fault = nil }
        }
    }

    /// Refuses at once, as a limiter in front of the API does, whatever the answer would have been.
    mutating func refuse(retryAfter seconds: Int) {
        let refusal = Answer.refusal(429, title: "Too many requests", description: "slow down")
        self = Answer(
            status: 429, headers: [("Retry-After", "\(seconds)")], body: refusal.body,
            fault: .rateLimit, question: question)
    }

    /// This server by another name, without a scheme: the one in use stays. Who follows is counted.
    private func elsewhere(than host: String?) -> String {
        let parts = (host ?? "").split(separator: ":", maxSplits: 1)
        let name = parts.first == "localhost" ? "127.0.0.1" : "localhost"
        return "//\(([name] + parts.dropFirst().map(String.init)).joined(separator: ":"))/elsewhere"
    }
}
