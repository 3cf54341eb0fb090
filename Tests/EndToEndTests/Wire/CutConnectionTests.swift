import Foundation
import Testing

/// Goal: one intent, at most one PATCH that the server takes, whatever becomes of its connection. By itself libcurl
/// sends again when a reused connection dies before the answer. Method: every project's first PATCHes go out on warm
/// connections that the server resets or cuts; the real program, with both kinds of credentials.
@Suite(.aFewAtATime) struct CutConnectionTests {
    enum Credentials: CaseIterable { case serviceAccount, apiKey, apiKeyWithShortNonces }

    private static let ends = [
        ["reset-before", "reset-before"], ["reset-after"], ["cut"], ["reset-before", "cut"],
        ["reset-before", "reset-after"],
    ]

    @Test(arguments: Credentials.allCases, ends)
    func neverTwice(_ credentials: Credentials, script: [String]) async throws {
        let isShort = credentials == .apiKeyWithShortNonces
        let rig = try await Rig.scripted(
            ["*": ["PATCH": script]], projects: 24,
            flags: ["--state", "state.json"] + (isShort ? ["--nonce-uses", "3"] : []))
        if credentials != .serviceAccount { rig.useAPIKey() }
        // Two connections give a project at most two old nonces in a row; the engine takes more than three for a 401.
        let width = ["--concurrency", isShort ? "2" : "4"]
        try await rig.plan(width)
        let ended = try await rig.apply(width)
        #expect(ended.code == 0, "\(ended.testDescription)")
        let audit = try await rig.prove()
        let attempts = Dictionary(grouping: try rig.job.attempts(), by: \.project)
        // After an end where the change took, the look finds it, and no second PATCH leaves.
        let expected = script.last == "reset-before" ? script.count + 1 : script.count
        for project in audit.truth.projects {
            let intents = attempts[project.id] ?? []
            #expect(project.patchesSeen == expected && project.patchesApplied == 1, "\(project)")
            // A warm handle whose nonce has expired gets a 401 for an intent of its own, which the server did not take.
            let taken = intents.filter { $0.verdict != "stale_challenge" }
            #expect(taken.count == expected, "\(intents)")
        }
        #expect(audit.log.contains { $0.isChange && $0.delivery != "answered" })
    }
}
