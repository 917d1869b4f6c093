import Foundation
import Model
import Simulator
import TestKit
import Testing

@Suite("The answering desk")
struct AnsweringDeskTests {
    /// Times in ms after a full second, and what is answered then: `.` or the seconds to wait.
    static let timelines: [(RateLimit, [(Int64, String)])] = [
        (RateLimit(perSecond: 2, retryAfterSeconds: 1), [(0, ".."), (1_000, ".."), (2_000, "..")]),
        (RateLimit(perSecond: 2, retryAfterSeconds: 1), [(0, "..11"), (999, "1"), (1_000, "..1")]),
        (
            RateLimit(perSecond: 1, retryAfterSeconds: 3),
            [(600, ".33"), (1_599, "3"), (1_600, "2"), (3_599, "1"), (3_600, ".3")]
        ),
        // A request that lost a race is counted with those that overtook it.
        (RateLimit(perSecond: 2, retryAfterSeconds: 1), [(1_000, "."), (999, ".1")]),
    ]

    @Test("enforces a rate limit", arguments: 0..<4)
    func limits(_ index: Int) {
        let (limit, timeline) = Self.timelines[index]
        let desk = desk(world(rateLimit: limit))
        for (milliseconds, expected) in timeline {
            let now = monday.advanced(by: milliseconds * 1_000)
            let seen = expected.map { _ in
                let answer = desk.answer(request(), now: now)
                let isSound = answer.status == 200 && answer.fault == nil
                let wait = answer.headers.first { $0.name == "Retry-After" }?.value
                #expect(isSound || (answer.status == 429 && answer.fault == .rateLimit))
                return isSound ? "." : wait ?? "?"
            }
            #expect(seen.joined() == expected, "at \(milliseconds) ms")
        }
    }

    @Test("limits whatever is asked, and whatever would have been answered")
    func limitsAll() throws {
        let faults = [FaultRule(.reset, share: 1)]
        let latency = [LatencyRule(medianMilliseconds: 100)]
        let limit = RateLimit(perSecond: 1, retryAfterSeconds: 60)
        let desk = desk(world(faults: faults, latency: latency, rateLimit: limit))
        let reset = desk.answer(request(), now: monday)
        #expect(reset.delivery == .reset && reset.delayMilliseconds > 0)
        for path in [Answerer.fetchPath, "/ofrep/v1/evaluate/flags/hero", "/elsewhere"] {
            let answer = desk.answer(request(path), now: monday)
            #expect(answer.status == 429 && answer.served.isEmpty, "\(path)")
            #expect(answer.delivery == .whole && answer.delayMilliseconds == 0, "\(path)")
        }
        #expect(desk.statistics.requests == 4 && desk.statistics.unknown == 1)
    }

    static let paths: [(String, Int)] = [
        (Answerer.fetchPath, 0), ("/ofrep/v1/evaluate/flags/hero", 0),
        ("/ofrep/v1/evaluate/flags/villain", 0), ("/elsewhere", 1), ("/v1/experiences/events", 1),
        ("/ofrep/v1/evaluate/flags/", 1), ("/ofrep/v1/evaluate/flags/a/b", 1),
        ("/ofrep/v1/evaluate/flagship", 1),
    ]

    @Test("counts calls of endpoints that do not exist, not of flags", arguments: paths)
    func unknown(path: String, count: Int) {
        let desk = desk(world())
        _ = desk.answer(request(path), now: monday)
        #expect(desk.statistics.unknown == count)
    }

    @Test("counts attempts of each flag on its own")
    func attempts() {
        let faulty = world(faults: [FaultRule(.html, share: 0.5)])
        let desk = desk(faulty)
        let faults = (0..<40).map { _ in
            _ = desk.answer(request("/ofrep/v1/evaluate/flags/villain"), now: monday)
            return desk.answer(request("/ofrep/v1/evaluate/flags/hero"), now: monday).fault
        }
        let alone = (0..<40).map {
            Answerer(world: faulty, seed: 1).answer(
                request("/ofrep/v1/evaluate/flags/hero"), now: monday, attempt: $0
            ).fault
        }
        #expect(faults == alone)
    }

    @Test("writes what it limits and what both faces served into the journal, in one form")
    func journal() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "journal-\(UUID().uuidString).ndjson").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let journal = try Journal(path: path)
        let limit = RateLimit(perSecond: 3, retryAfterSeconds: 2)
        let desk = desk(world(rateLimit: limit), journal: journal)
        let asked = [
            Answerer.fetchPath, "/ofrep/v1/evaluate/flags/hero", "/ofrep/v1/evaluate/flags/villain",
            "/ofrep/v1/evaluate/flags",
        ]
        for path in asked { _ = desk.answer(request(path), now: monday) }
        journal.flush()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.map { $0["status"] as? Int } == [200, 200, 404, 429])
        #expect(lines.map { $0["fault"] as? String } == [nil, nil, nil, "rate_limit"])
        #expect(lines.allSatisfy { $0["subject"] as? String == "u-1" })
        #expect(Set(lines.map { $0.keys.sorted() }).count == 1)
        let parts = lines.map { $0["experiences"] as? [[String: AnyHashable]] }
        let outcomes = parts.map { $0?.map { $0["outcome"] as? String } }
        #expect(outcomes == [["served"], ["served"], ["unmatched"], []])
        #expect(parts[0] == parts[1])
    }
}

private func desk(_ world: World, journal: Journal? = nil) -> AnsweringDesk {
    AnsweringDesk(
        world: world, seed: 1, timeline: Timeline(anchor: monday, anchorNanoseconds: 0),
        journal: journal)
}

/// The same question on each face: who may ask here, may ask there.
private func request(_ path: String = Answerer.fetchPath) -> Request {
    var headers = credentials
    headers["x-api-key"] = "secret"
    let body = #"{"identifiers":{"customer_id":"u-1"},"experience_key":["hero"]}"#
    let context = #"{"context":{"targetingKey":"u-1"}}"#
    return Request(
        method: "POST", path: path, headers: headers,
        body: Array((path.hasPrefix("/ofrep") ? context : body).utf8))
}
