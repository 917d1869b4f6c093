import Model
import Testing

@testable import Probing

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    static let limits =
        Drawing.all(
            in: """
                stops at a 429 until its reset, to the step
                ?w?????
                +lLLL++

                lets a later 429 put the reset off
                w.w????
                lllLLL+

                does not count it as a failure in a row
                xxxxxxxxxwxxxx?
                rrrrrrrrrlllll+

                backs off from nothing, if chance will have it
                q??
                l++
                """)
        + Drawing.all(
            jitter: 0.5,
            in: """
                backs off by chance where no reset is told
                ?q???
                +lL++

                backs off twice as long the second time
                q.?q????
                ll+lLLL+

                begins small again where one was answered between
                q.?aq???
                ll+rlL++

                lets no later 429 bring the reset forward
                w.wq????
                llllLL++
                """)

    static let failures = Drawing.all(
        in: """
            does not open after nine in a row
            xxxxxxxxx?
            rrrrrrrrr+

            opens after ten
            xxxxxxxxxx?
            rrrrrrrrroO

            counts those that met no connection
            rrrrrrrrrr?
            rrrrrrrrroO

            counts time-outs of name, connection and TLS
            dcsdcsdcsd?
            rrrrrrrrroO

            begins anew where one is answered between
            xxxxxxxxxaxxxxxxxxx?
            rrrrrrrrrrrrrrrrrrr+

            begins anew at a 404 and at an answer out of shape
            xxxxxxxxxnxxxxxxxxxmxxxxxxxxx?
            rrrrrrrrrrrrrrrrrrrrrrrrrrrrr+

            learns nothing from time-outs of first byte and body
            ttttttbbbbbb?
            rrrrrrrrrrrr+

            lets them neither count nor begin anew
            xxxxxtbxxxxx?
            rrrrrrrrrrroO
            """)

    static let trials = Drawing.all(
        in: """
            are one at a time, from half a second on
            xxxxxxxxxx?????
            rrrrrrrrroO*OOO

            make ready where they are answered
            xxxxxxxxxx.?A??
            rrrrrrrrroo*r++

            are followed by a full count
            xxxxxxxxxx.?Axxxxxxxxx?
            rrrrrrrrroo*rrrrrrrrrr+

            make ready where the answer is a 404
            xxxxxxxxxx.?N?
            rrrrrrrrroo*r+

            open again with a 503
            xxxxxxxxxx.?X???
            rrrrrrrrroo*oO*O

            open again without a connection
            xxxxxxxxxx.?R???
            rrrrrrrrroo*oO*O

            open again without a first byte
            xxxxxxxxxx.?T???
            rrrrrrrrroo*oO*O

            open again without a whole body
            xxxxxxxxxx.?B???
            rrrrrrrrroo*oO*O

            limit with a 429
            xxxxxxxxxx.?W????
            rrrrrrrrroo*lLLL+

            stop all with a 401
            xxxxxxxxxx.?K?????
            rrrrrrrrroo*uUUUUU

            leave with the next probe where they could not leave
            xxxxxxxxxx.?-??
            rrrrrrrrroo*h*O
            """)

    static let refusals = Drawing.all(
        in: """
            stop all with one 401
            ?k????????
            +uUUUUUUUU

            stop all with one 403
            ?f????????
            +uUUUUUUUU

            allow one trial at a time
            k?!??.?
            uUu*UuU

            need a new trial after one that was refused
            k!?K???!?
            uu*uUUUu*

            need a new trial after a 503
            k!?X???!?
            uu*uUUUu*

            need a new trial after one without a first byte
            k!?T???!?
            uu*uUUUu*

            need a new trial after a 429, and keep to that
            k!?W??????!?
            uu*uUUUUUUu*

            end with a trial that is answered
            k!?A??
            uu*r++

            keep the trial that could not leave
            k!?-??
            uu*u*U

            void what was allowed before
            !k?
            ruU
            """)

    static let late = Drawing.all(
        in: """
            limited: an answer ends nothing
            waaa??
            llll++

            limited: failures open nothing, and are forgotten
            wxxxxxxxxxxx?xxxxxxxxx?
            llllllllllll+rrrrrrrrr+

            limited: a 401 is obeyed
            wk????
            luUUUU

            open: an answer closes nothing
            xxxxxxxxxxa?
            rrrrrrrrroo*

            open: failures put nothing off
            xxxxxxxxxxx?
            rrrrrrrrroo*

            open: a 429 is obeyed
            xxxxxxxxxxw????
            rrrrrrrrrolLLL+

            open: a 401 is obeyed
            xxxxxxxxxxk????
            rrrrrrrrrouUUUU

            half-open: nothing decides but the trial
            xxxxxxxxxx.?axrtbn?A?
            rrrrrrrrroo*hhhhhhOr+

            half-open: a 429 is obeyed
            xxxxxxxxxx.?w????
            rrrrrrrrroo*lLLL+

            half-open: a 401 is obeyed
            xxxxxxxxxx.?k????
            rrrrrrrrroo*uUUUU

            unauthorized: nothing decides
            kaxrtbnmwqfk?
            uuuuuuuuuuuuU

            unauthorized: nothing decides but the trial
            k!?axkw?A?
            uu*uuuuUr+
            """)

    /// A trial that was under way when the state began that took its place.
    static let bygone = Drawing.all(
        in: """
            limited: an answer ends nothing
            xxxxxxxxxx.?wA???
            rrrrrrrrroo*llLL+

            limited: a failure opens nothing
            xxxxxxxxxx.?wX???
            rrrrrrrrroo*llLL+

            unauthorized: an answer ends nothing
            xxxxxxxxxx.?kA???
            rrrrrrrrroo*uuUUU

            unauthorized: a refusal takes no other trial away
            xxxxxxxxxx.?k!K?A
            rrrrrrrrroo*uuu*r
            """)

    @Test("obeys a 429", arguments: limits)
    func limited(drawing: Drawing) { #expect(drawing.drawn() == drawing.outcome) }

    @Test("opens when nothing works", arguments: failures)
    func opened(drawing: Drawing) { #expect(drawing.drawn() == drawing.outcome) }

    @Test("tries one probe before all the others", arguments: trials)
    func tried(drawing: Drawing) { #expect(drawing.drawn() == drawing.outcome) }

    @Test("stops at once where the key is refused", arguments: refusals)
    func refused(drawing: Drawing) { #expect(drawing.drawn() == drawing.outcome) }

    @Test(
        "is moved by nothing that was in flight when a state began, but by 401, 403 and 429",
        arguments: late)
    func inFlight(drawing: Drawing) { #expect(drawing.drawn() == drawing.outcome) }

    @Test("is moved by no trial of a state that is over", arguments: bygone)
    func overtaken(drawing: Drawing) { #expect(drawing.drawn() == drawing.outcome) }
}

@Suite("A circuit breaker's waits")
struct CircuitWaitTests {
    static let failed = Failure(.failed, .http(503))

    /// How long each of eight openings lasts, in seconds, the first after ten failures and each
    /// other after a failed trial.
    static func openings(jitter: Double) -> [Double] {
        var breaker = CircuitBreaker()
        var now: Int64 = 0
        for _ in 0..<CircuitBreaker.failureLimit {
            breaker.note(failed, isTrial: false, wait: nil, jitter: jitter, at: now)
        }
        return (0..<8).map { _ in
            let began = now
            now = breaker.until ?? now
            #expect(breaker.admit(at: now - 1) == .drop(.circuitOpen))
            #expect(breaker.admit(at: now) == .trial)
            breaker.note(failed, isTrial: true, wait: nil, jitter: jitter, at: now)
            return Double(now - began) / 1e9
        }
    }

    @Test(
        "double up to a minute, drawn from nothing to all, and half a second at least",
        arguments: [
            (0, Array(repeating: 0.5, count: 8)), (0.25, [0.5, 0.5, 1, 2, 4, 8, 15, 15]),
            (0.75, [0.75, 1.5, 3, 6, 12, 24, 45, 45]),
        ] as [(Double, [Double])])
    func open(jitter: Double, seconds: [Double]) {
        #expect(Self.openings(jitter: jitter) == seconds)
    }

    @Test("begin small again once a trial was answered")
    func reset() {
        var breaker = CircuitBreaker()
        for round in 0..<3 {
            let now = Int64(round) * 1_000_000_000_000
            for _ in 0..<10 {
                breaker.note(Self.failed, isTrial: false, wait: nil, jitter: 0.75, at: now)
            }
            #expect(breaker.until == now + 750_000_000)
            #expect(breaker.admit(at: now + 750_000_000) == .trial)
            breaker.note(nil, isTrial: true, wait: nil, jitter: 0.75, at: now + 800_000_000)
            #expect(breaker.state == .ready && breaker.until == nil && !breaker.isTroubled)
        }
    }

    @Test(
        "last as long as a 429 asks, an hour at most",
        arguments: [
            (1, 1), (60, 60), (3_599, 3_599), (3_600, 3_600), (3_601, 3_600),
            (1_000_000_000, 3_600),
        ])
    func limited(asked: Int64, seconds: Int64) {
        var breaker = CircuitBreaker()
        let failure = Failure(.limited, .http(429))
        breaker.note(failure, isTrial: false, wait: asked * 1_000_000_000, jitter: 0, at: 7)
        #expect(breaker.state == .limited && breaker.reason == .http(429))
        let reset = 7 + seconds * 1_000_000_000
        #expect(breaker.until == reset)
        #expect(breaker.admit(at: reset - 1) == .drop(.limited))
        #expect(breaker.admit(at: reset) == .pass)
        #expect(breaker.until == nil && breaker.reason == nil)
    }

    @Test("of a refused key are a minute from the last trial")
    func unauthorized() {
        var breaker = CircuitBreaker()
        let failure = Failure(.rejected, .http(401))
        breaker.note(failure, isTrial: false, wait: nil, jitter: 0, at: 0)
        #expect(breaker.until == 60_000_000_000 && breaker.reason == .http(401))
        let endings: [Failure] = [
            failure, Self.failed, Failure(.timeout, .bodyTimeout), Failure(.limited, .http(429)),
        ]
        for (trial, ending) in endings.enumerated() {
            let now = Int64(trial + 1) * 100_000_000_000
            breaker.allowTrial()
            #expect(breaker.admit(at: now) == .trial)
            breaker.note(failure, isTrial: false, wait: nil, jitter: 0, at: now + 1)
            breaker.note(ending, isTrial: true, wait: nil, jitter: 0, at: now + 2)
            #expect(breaker.state == .unauthorized && breaker.until == now + 60_000_000_002)
        }
    }

    @Test("tell what led to them")
    func reasons() {
        var breaker = CircuitBreaker()
        let refused = Failure(.unreachable, .refused)
        for _ in 0..<10 {
            breaker.note(refused, isTrial: false, wait: nil, jitter: 0, at: 0)
        }
        #expect(breaker.reason == .refused)
        #expect(breaker.admit(at: 500_000_000) == .trial)
        #expect(breaker.state == .halfOpen && breaker.reason == .refused && breaker.until == nil)
        breaker.note(nil, isTrial: true, wait: nil, jitter: 0, at: 500_000_001)
        #expect(breaker.reason == nil)
    }
}
