import Statistics
import Testing

@Suite("worstContrast")
struct WorstContrastTests {
    @Test("names the value that differs from the rest, and says that it explains the mismatch")
    func broken() throws {
        let devices = [[2_500, 2_500], [2_480, 2_520], [700, 300]]
        let countries = [[2_830, 2_670], [2_850, 2_650]]
        let found = try #require(
            try worstContrast(
                dimensions: [countries, devices], probabilities: [0.5, 0.5], alpha: 0.05))
        #expect(found.dimension == 1 && found.value == 2 && found.category == 0)
        #expect(found.z > 10 && found.lnP < -30)
        // 700 − 500 of 5,680 − 5,500 in all.
        #expect(found.excess == 200 && abs(found.shareOfExcess - 200 / 180) < 1e-12)
        #expect(found.remainderLnE < 1)
    }

    @Test("names the category that is in excess, of two and of three")
    func category() throws {
        let mirrored = try #require(
            try worstContrast(
                dimensions: [[[500, 500], [300, 700]]], probabilities: [0.5, 0.5], alpha: 0.05))
        #expect(mirrored.category != (mirrored.value == 1 ? 0 : 1) && mirrored.z > 0)
        let three = try #require(
            try worstContrast(
                dimensions: [[[500, 500, 500], [500, 500, 500], [300, 300, 600]]],
                probabilities: [1 / 3.0, 1 / 3.0, 1 / 3.0], alpha: 0.05))
        #expect(three.value == 2 && three.category == 2 && three.z > 0)
    }

    @Test("blames nobody for a fault of all, however sure it is")
    func global() throws {
        let rows = [[5_400, 4_600], [2_700, 2_300], [1_080, 920]]
        #expect(
            try worstContrast(dimensions: [rows], probabilities: [0.5, 0.5], alpha: 0.05) == nil)
        #expect(try SplitEvidence.lnE(counts: [9_180, 7_820], probabilities: [0.5, 0.5]) > 40)
    }

    @Test("looks at nothing that is too small, alone or empty")
    func untestable() throws {
        for rows in [[[9, 0], [500, 500]], [[700, 300]], [[0, 0], [700, 300]]] {
            #expect(
                try worstContrast(dimensions: [rows], probabilities: [0.5, 0.5], alpha: 0.05) == nil
            )
        }
        #expect(throws: StatisticsError.lengthMismatch) {
            try worstContrast(dimensions: [[[1]]], probabilities: [0.5, 0.5], alpha: 0.05)
        }
    }
}
