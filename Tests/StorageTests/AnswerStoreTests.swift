import Model
import Storage
import Testing

@Suite("Answers in a store")
struct AnswerStoreTests {
    private static func key(
        _ experience: String = "hero", audience: String? = "42D", variation: String? = "1",
        target: String = "production"
    ) -> AnswerKey {
        AnswerKey(
            target: target, plan: "shop", experience: experience, audience: audience,
            variation: variation)
    }

    private static func notice(
        _ kind: AnswerNotice.Kind, of key: AnswerKey = key(), _ first: Int64, _ last: Int64,
        count: Int = 1, detail: String = "d"
    ) -> AnswerNotice {
        AnswerNotice(
            key: key, kind: kind, firstAt: noon.advanced(by: first),
            lastAt: noon.advanced(by: last), count: count, detail: detail)
    }

    private func record(_ notes: [AnswerNotes], in store: Store) throws {
        for (index, noticed) in notes.enumerated() {
            try store.record(
                [probeResult(index: index)], rounds: [], boot: "boot", noticed: noticed)
        }
    }

    private func notices(_ store: Store, since: Int64 = 0, target: String = "production") throws
        -> [AnswerNotice]
    {
        try store.answerNotices(plan: "shop", target: target, since: noon.advanced(by: since))
    }

    @Test("keep the profile that came last under each key")
    func profiles() throws {
        let fixture = try Fixture()
        let store = fixture.store
        #expect(try store.answerProfiles().isEmpty)
        let nameless = Self.key(audience: nil, variation: nil)
        let first = AnswerProfile(shape: "a:string", fingerprint: nil)
        let second = AnswerProfile(shape: "", fingerprint: "ff00ff00ff00ff00")
        try record(
            [
                AnswerNotes(profiles: [Self.key(): first, nameless: first]), AnswerNotes(),
                AnswerNotes(profiles: [Self.key(): second]),
                AnswerNotes(profiles: [Self.key(target: "canary"): first]),
            ], in: store)
        #expect(
            try store.answerProfiles() == [
                Self.key(): second, nameless: first, Self.key(target: "canary"): first,
            ])
    }

    @Test("add up what is noticed, from the first to the last of it")
    func noticesAddUp() throws {
        let fixture = try Fixture()
        let store = fixture.store
        try record(
            [
                AnswerNotes(notices: [Self.notice(.shape, 3, 5, count: 2, detail: "without a")]),
                AnswerNotes(notices: [
                    Self.notice(.shape, 8, 9, count: 7, detail: "without b"),
                    Self.notice(.identity, 8, 8),
                ]),
                AnswerNotes(),
                AnswerNotes(notices: [Self.notice(.content, of: Self.key("promo"), 9, 9)]),
                // A batch that was due earlier and came later.
                AnswerNotes(notices: [Self.notice(.shape, 6, 7, detail: "without c")]),
            ], in: store)
        #expect(
            try notices(store) == [
                Self.notice(.shape, 3, 9, count: 10, detail: "without c"),
                Self.notice(.content, of: Self.key("promo"), 9, 9), Self.notice(.identity, 8, 8),
            ])
    }

    @Test("begin with the first that is noticed, in whichever order it comes")
    func firstOfAll() throws {
        let fixture = try Fixture()
        let store = fixture.store
        try record(
            [
                AnswerNotes(notices: [Self.notice(.shape, 5, 5)]),
                AnswerNotes(notices: [Self.notice(.shape, 2, 4)]),
            ], in: store)
        #expect(try notices(store) == [Self.notice(.shape, 2, 5, count: 2)])
    }

    @Test("are read for one plan at one target, as far as they were seen since")
    func reading() throws {
        let fixture = try Fixture()
        let store = fixture.store
        let canary = Self.notice(.shape, of: Self.key(target: "canary"), 0, 9)
        let nameless = Self.notice(.identity, of: Self.key(audience: nil, variation: nil), 0, 4)
        try record(
            [AnswerNotes(notices: [canary, nameless, Self.notice(.shape, 0, 5)])], in: store)
        #expect(try notices(store) == [Self.notice(.shape, 0, 5), nameless])
        #expect(try notices(store, since: 5) == [Self.notice(.shape, 0, 5)])
        #expect(try notices(store, since: 6).isEmpty)
        #expect(try notices(store, target: "canary") == [canary])
        #expect(try store.answerNotices(plan: "other", target: "production", since: noon).isEmpty)
    }
}
