import AtlasAPI
import MigrationCore
import Testing

/// Goal: what is kept of a failure reads back as it was, and the column's words stay. Method: each origin.
@Suite struct FailureTests {
    @Test(
        arguments: [
            (.atlas(code: nil), nil), (.atlas(code: "CANNOT_ASSUME_ROLE"), "CANNOT_ASSUME_ROLE"),
            (.atlas(code: "invalid_client"), "invalid_client"), (.transport(.timeout), "timeout"),
            (.transport(.tls), "tls"), (.ours(.notAtlas), "not_atlas"),
            (.ours(.unreadableAnswer), "unreadable_answer"), (.ours(.stopped), "stopped"),
        ] as [(Failure.Origin, String?)]) func aKeptFailureReadsBack(origin: Failure.Origin, word: String?)
    {
        let failure = Failure(status: 500, origin, detail: "d")
        #expect(failure.code == word)
        #expect(Failure(status: 500, code: failure.code, detail: "d") == failure)
    }
}
