import Model
import Testing

@testable import Probing

@Suite("A target's gate")
struct TargetGateTests {
    static let second: Int64 = 1_000_000_000
    static let failed = Failure(.failed, .http(503))
    static let limited = Failure(.limited, .http(429))

    /// How many of a hundred probes that are due at an instant may leave.
    static func passes(_ gate: inout TargetGate, at now: Int64) -> Int {
        (0..<100).count { _ in gate.admit(at: now) == .pass }
    }

    @Test("saves nothing of the budget during a pause")
    func pause() {
        var gate = TargetGate(budget: Rate(perSecond: 10), now: 0)
        gate.note(Self.limited, isTrial: false, wait: 5 * Self.second, jitter: 0, at: 0)
        #expect(gate.state == .limited && gate.until == 5 * Self.second)
        #expect(gate.admit(at: 5 * Self.second - 1) == .drop(.limited))
        #expect(Self.passes(&gate, at: 5 * Self.second) == 1)
        #expect(Self.passes(&gate, at: 5 * Self.second + 500_000_000) == 5)
        #expect(gate.admit(at: 5 * Self.second + 500_000_000) == .drop(.budget))
    }

    @Test("saves it as ever where there was none")
    func noPause() {
        var gate = TargetGate(budget: Rate(perSecond: 10), now: 0)
        #expect(Self.passes(&gate, at: 0) == 10)
        #expect(Self.passes(&gate, at: 5 * Self.second) == 10)
    }

    @Test("owes after a pause what was taken anyway before it")
    func owed() {
        var gate = TargetGate(budget: Rate(perSecond: 1), now: 0)
        for _ in 0..<3 { gate.takeAnyway(at: 0) }
        gate.note(Self.limited, isTrial: false, wait: 5 * Self.second, jitter: 0, at: 0)
        let taken = [5, 6, 7, 8].map { gate.admit(at: $0 * Self.second) }
        #expect(taken == [.drop(.budget), .drop(.budget), .drop(.budget), .pass])
    }

    @Test("takes no token for a probe that may not leave")
    func dropped() {
        var gate = TargetGate(budget: Rate(perSecond: 0.001), now: 0)
        gate.note(Self.limited, isTrial: false, wait: Self.second, jitter: 0, at: 0)
        #expect(Self.passes(&gate, at: 0) == 0)
        #expect(Self.passes(&gate, at: Self.second) == 1)
    }

    @Test("withdraws a trial that finds no token")
    func withdrawn() {
        var gate = TargetGate(budget: Rate(perSecond: 1), now: 0)
        for _ in 0..<10 {
            gate.note(Self.failed, isTrial: false, wait: nil, jitter: 0, at: 0)
        }
        #expect(gate.state == .open && gate.until == Self.second / 2)
        gate.takeAnyway(at: 0)
        #expect(gate.admit(at: Self.second / 2) == .drop(.budget))
        #expect(gate.state == .halfOpen)
        #expect(gate.admit(at: Self.second) == .drop(.budget))
        #expect(gate.admit(at: 3 * Self.second / 2) == .trial)
        #expect(gate.isTrial)
        #expect(gate.admit(at: 5 * Self.second) == .drop(.circuitOpen))
        #expect(!gate.isTrial)
    }

    @Test("keeps the trial of a refused key that finds no token")
    func unauthorized() {
        var gate = TargetGate(
            budget: Rate(perSecond: 1), trialInterval: Self.second, now: 0)
        gate.note(Failure(.rejected, .http(401)), isTrial: false, wait: nil, jitter: 0, at: 0)
        #expect(gate.until == Self.second)
        gate.takeAnyway(at: 0)
        gate.allowTrial()
        let admissions = [2, 3, 4].map { gate.admit(at: $0 * Self.second / 2) }
        #expect(admissions == [.drop(.budget), .drop(.budget), .trial])
        gate.note(nil, isTrial: true, wait: nil, jitter: 0, at: 2 * Self.second)
        #expect(gate.state == .ready && gate.until == nil && gate.reason == nil)
    }

    @Test("stands open without a budget")
    func unbudgeted() {
        var gate = TargetGate(budget: nil, now: 0)
        #expect(Self.passes(&gate, at: 0) == 100)
        #expect(!gate.isTroubled)
    }
}
