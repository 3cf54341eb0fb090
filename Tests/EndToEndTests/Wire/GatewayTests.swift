import Testing

/// Goal: a gateway's or a sign-in page's answer about one project is never told as that project's state. Method: the
/// program against scripted answers, in each command that reads.
@Suite(.aFewAtATime) struct GatewayTests {
    private static let kinds = ["sign-in", "gateway-json", "gateway-refusal"]
    private static let fast = ["--backoff-base", "10ms", "--backoff-cap", "20ms", "--outage-patience", "5s"]

    /// Good so often, and then nothing but a gateway for longer than any read is tried.
    private func script(_ kind: String, after good: Int) -> [String: [String: [String?]]] {
        ["3": ["GET": Array(repeating: nil, count: good) + Array(repeating: kind, count: 4000)]]
    }

    @Test(arguments: kinds) func inventoryCallsItUnreadable(kind: String) async throws {
        let rig = try await Rig.scripted(script(kind, after: 1), projects: 40)
        let ended = try await rig.keyshift(["inventory", "-o", "all.csv"] + Rig.quick + Self.fast)
        #expect(ended.code == 3 && ended.printed.contains("gateway"), "\(ended.testDescription)")
        let rows = try Sheet(rig.folder.text("all.csv")).rows
        #expect(rows.count == 40 && rows.filter { $0["provider"] == "unreadable" }.count == 1)
        #expect(!rows.contains { $0["provider"] == "none" })
    }

    @Test(arguments: kinds, [0, 1, 2]) func planLeavesItUnread(kind: String, good: Int) async throws {
        let rig = try await Rig.scripted(script(kind, after: good), projects: 40)
        let ended = try await rig.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + Rig.quick + Self.fast)
        #expect(ended.code == 3, "\(ended.testDescription)")
        #expect(try rig.job.value("SELECT count(*) FROM plan") == 39)
        #expect(try rig.job.value("SELECT count(*) FROM plan WHERE class <> 'irreversible'") == 0)
        // Which answer stood in the way, and what to do about it, wherever one looks.
        let looks = [
            ended.out, try await rig.keyshift(["show", "fleet.job"]).out,
            try await rig.keyshift(["show", "fleet.job", "--format", "json"]).out,
            try await rig.keyshift(["report", "fleet.job"]).out,
            try await rig.keyshift(["report", "fleet.job", "--format", "csv"]).out,
            try await rig.keyshift(["report", "fleet.job", "--format", "json"]).out,
        ]
        for (index, text) in looks.enumerated() {
            #expect(text.contains("a gateway or sign-in page answered"), "\(index): \(text)")
            #expect(text.contains("Find out what answers in Atlas's place"), "\(index): \(text)")
        }
    }

    @Test(arguments: kinds) func applyLeavesItPending(kind: String) async throws {
        let rig = try await Rig.scripted(script(kind, after: 3), projects: 40)
        try await rig.plan()
        let ended = try await rig.apply(Self.fast)
        #expect(ended.code == 3, "\(ended.testDescription)")
        let rows = try rig.results()
        #expect(rows[2]["result"] == "pending" && rows.filter { $0["result"] == "changed" }.count == 39)
        #expect(try rig.simulator.truth().projects[2].patchesSeen == 0)
    }
}
