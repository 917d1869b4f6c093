import Statistics
import Testing

@Suite("Who moved")
struct TransitionLikelihoodTests {
    @Test(
        "tells a minimal move from a reshuffle",
        arguments: [
            // 50/50 → 56/44 of 69: four move, nobody back.
            ([[33, 0], [4, 32]], true),
            // One that moved the other way is no proof.
            ([[80, 1], [16, 103]], true),
            ([[40, 10], [25, 25]], false),
            ([[25, 25], [26, 24]], false),
            ([[30, 0, 0], [5, 25, 0], [5, 0, 35]], true),
        ])
    func kinds(table: [[Int]], isMinimal: Bool) throws {
        let ratio = try transitionLikelihood(table).lnRatio
        #expect(abs(ratio) > 3 && (ratio > 0) == isMinimal)
    }

    @Test("is both where all went to one, and nothing where nobody is")
    func open() throws {
        #expect(try abs(transitionLikelihood([[50, 0], [50, 0]]).lnRatio) < 0.1)
        #expect(try transitionLikelihood([[0, 0], [0, 0]]).lnRatio == 0)
        #expect(throws: StatisticsError.raggedTable) { try transitionLikelihood([[1, 2]]) }
    }

    @Test("has the likelihoods of the hypotheses as they are written")
    func values() throws {
        // w = (.5, .5), w' = (.6, .4): .5 and .4 stay, .1 moves; drawn anew .3, .2, .3, .2.
        let likelihood = try transitionLikelihood([[50, 0], [10, 40]])
        // 50 ln(.5 × .999 + .3 × .001) + 10 ln(.1 × .999 + .3 × .001) + 40 ln(.4 × .999 + .2 × .001)
        #expect(abs(likelihood.lnMinimalMove - -94.3549) < 1e-3)
        #expect(abs(likelihood.lnReshuffle - -136.6162) < 1e-3)
    }
}
