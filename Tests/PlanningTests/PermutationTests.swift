import Planning
import TestKit
import Testing

@Suite("Permutation")
struct PermutationTests {
    @Test("puts each number somewhere, once", arguments: [1, 2, 3, 5, 7, 64, 100, 1_000, 4_097])
    func bijection(count: Int) {
        for key in [0, 1, 0xDEAD_BEEF] as [UInt64] {
            let permutation = Permutation(count: count, key: key)
            #expect(Set((0..<count).map { permutation[$0] }).count == count)
            #expect((0..<count).allSatisfy { (0..<count).contains(permutation[$0]) })
            #expect((0..<count).allSatisfy { permutation.place(of: permutation[$0]) == $0 })
        }
    }

    @Test("differs by key and scatters neighbours")
    func scatters() {
        let one = Permutation(count: 10_000, key: 1)
        let two = Permutation(count: 10_000, key: 2)
        let same = (0..<10_000).count { one[$0] == two[$0] }
        #expect(same < 20)
        let low = (0..<1_000).count { one[$0] < 5_000 }
        #expect((400...600).contains(low))
    }

    @Test("reaches numbers beyond any memory")
    func huge() {
        let permutation = Permutation(count: 1 << 40, key: 9)
        #expect(Set((0..<1_000).map { permutation[$0] }).count == 1_000)
        #expect((0..<1_000).allSatisfy { permutation.place(of: permutation[$0]) == $0 })
    }
}
