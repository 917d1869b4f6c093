import Planning
import Testing

@Suite("Draws of pairs")
struct PairDrawTests {
    /// The order in which the targets of a position go: `102` is the second one first.
    private static func order(_ draw: PairDraw, of targets: Int) -> String {
        let turns = (0..<targets).map { draw.turn(of: $0, among: targets) }
        return (0..<targets).map { turn in "\(turns.firstIndex(of: turn) ?? 9)" }.joined()
    }

    /// Chi-square of Pearson over all orders; beyond its 99.99 % quantile once in ten thousand
    /// seeds, and these are fixed.
    @Test(
        "give each order of the targets as often as any other",
        arguments: [(1, 1, 0.0), (2, 2, 15.1), (3, 6, 25.7), (4, 24, 57.0)])
    func orders(targets: Int, orders: Int, limit: Double) {
        let draws = PairDraws(seed: 42, plan: "shop", round: 3)
        let count = 1_000 * orders
        var counts: [String: Int] = [:]
        for position in 0..<count {
            counts[Self.order(draws[position], of: targets), default: 0] += 1
        }
        #expect(counts.count == orders && !counts.keys.contains { $0.contains("9") })
        let statistic = counts.values.reduce(0.0) { sum, seen in
            sum + Double((seen - 1_000) * (seen - 1_000)) / 1_000
        }
        #expect(statistic <= limit, "\(counts)")
    }

    @Test("are as good as independent from one position to the next, and from round to round")
    func independence() {
        func first(_ round: Int, _ position: Int) -> Bool {
            PairDraws(seed: 42, plan: "shop", round: round)[position].turn(of: 0, among: 2) == 0
        }
        let neighbours = (0..<4_000).count { first(1, 2 * $0) == first(1, 2 * $0 + 1) }
        let rounds = (0..<4_000).count { first(1, $0) == first(2, $0) }
        #expect((1_850...2_150).contains(neighbours) && (1_850...2_150).contains(rounds))
    }

    @Test("are the same whenever they are asked for, and others by seed, plan and round")
    func stability() {
        let draws = PairDraws(seed: 42, plan: "shop", round: 3)
        let again = PairDraws(seed: 42, plan: "shop", round: 3)
        let others = [
            PairDraws(seed: 43, plan: "shop", round: 3),
            PairDraws(seed: 42, plan: "other", round: 3),
            PairDraws(seed: 42, plan: "shop", round: 4),
        ]
        for position in [0, 1, 7, 1_000_000, .max] {
            #expect(draws[position] == again[position])
            #expect(others.allSatisfy { $0[position] != draws[position] })
        }
        #expect(Set((0..<1_000).map { draws[$0] }).count == 1_000)
    }
}

@Suite("Sending phase")
struct SendingPhaseTests {
    private static let names = (0..<300).map { "plan-\($0)" }

    @Test("lies between two send times, anywhere between them")
    func range() {
        let phases = Self.names.map { sendingPhase(agent: "eu-1", plan: $0, seed: 42) }
        #expect(phases.allSatisfy { (0..<1).contains($0) })
        for tenth in 0..<10 {
            let here = phases.count { Int($0 * 10) == tenth }
            #expect((10...60).contains(here), "\(here) of 300 in tenth \(tenth)")
        }
    }

    @Test("is the same whenever it is asked for, and another by agent, plan and seed")
    func stability() {
        let phase = sendingPhase(agent: "eu-1", plan: "shop", seed: 42)
        #expect(phase == sendingPhase(agent: "eu-1", plan: "shop", seed: 42))
        let others = [
            sendingPhase(agent: "us-1", plan: "shop", seed: 42),
            sendingPhase(agent: "eu-1", plan: "other", seed: 42),
            sendingPhase(agent: "eu-1", plan: "shop", seed: 43),
            // Names do not run together.
            sendingPhase(agent: "eu-1s", plan: "hop", seed: 42),
        ]
        #expect(Set(others + [phase]).count == 5)
    }
}
