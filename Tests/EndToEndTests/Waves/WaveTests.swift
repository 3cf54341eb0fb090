import Testing

/// Waves, their gates and the failure budget, as an operator meets them: exit codes, arithmetic, and how to go on.
@Suite(.aFewAtATime) struct WaveTests {
    private static let quick = Rig.quick + ["--rate", "none", "--verify-patience", "2s"]

    private func apply(_ rig: Rig, _ more: [String]) async throws -> Ended {
        let count = try rig.irreversible
        let answers = ["--yes"] + (count > 0 ? ["--confirm-irreversible", "\(count)"] : [])
        return try await rig.keyshift(["apply", "fleet.job"] + answers + Self.quick + more)
    }

    @Test func aWaveAtATime() async throws {
        let rig = try await Rig(["--projects", "12", "--state", "state.json"])
        try await rig.plan()
        let ended = try await apply(rig, ["--wave-soak", "300ms", "--stop-after-wave", "2"])
        #expect(ended.code == 5, "\(ended.testDescription)")
        #expect(ended.err.contains("Wave 2 begins") && ended.err.contains("it soaks for 300ms"))
        var rows = try rig.results()
        #expect(rows.prefix(6).allSatisfy { $0["result"] == "changed" } && rows[6]["result"] == "pending")
        #expect(
            rows.map { $0["wave"] } == ["1"] + Array(repeating: "2", count: 5) + ["3", "3", "3"] + [
                "4", "4", "4",
            ])
        let status = try await rig.keyshift(["status", "fleet.job"])
        #expect(status.out.contains("wave 1: passed, 1 of 1 done"), "\(status.testDescription)")
        #expect(status.out.contains("approved by") && status.out.contains("stop_after_wave (exit 5)"))
        // The rest goes on by itself; what was fixed at the first apply can't change any more.
        let changed = try await rig.keyshift(["resume", "fleet.job", "--waves", "none"])
        #expect(changed.code == 64, "\(changed.testDescription)")
        try await rig.resume(expecting: 0)
        rows = try rig.results()
        #expect(rows.allSatisfy { $0["result"] == "changed" })
        try await rig.prove()
        // The first project was read once more after its wave: three reads of its state by apply, and one PATCH.
        let first = try rig.simulator.log().filter { $0.project == rows[0]["project_id"] }
        #expect(first.last?.method == "GET" && first.filter(\.isChange).count == 1)
    }

    @Test func aFailureStopsBeforeTheNextWave() async throws {
        let rig = try await Rig.scripted(
            ["2": ["PATCH": ["400"]]], projects: 8, flags: ["--state", "state.json"])
        try await rig.plan()
        let ended = try await apply(
            rig, ["--waves", "1,2,rest", "--wave-soak", "0s", "--max-failures", "3"])
        #expect(ended.code == 4, "\(ended.testDescription)")
        let id = try rig.results()[1]["project_id"] ?? ""
        #expect(
            ended.err.contains("wave 2: of 2 projects 1 failed, such as \(id)"), "\(ended.testDescription)")
        #expect(ended.err.contains("keyshift resume fleet.job --accept-failures"))
        #expect(try rig.results().filter { $0["result"] == "pending" }.count == 5)
        #expect(try rig.simulator.changeCount() == 3)
        try await rig.resume(expecting: 4)
        try await rig.resume(["--accept-failures"], expecting: 3)
        #expect(try rig.results().filter { $0["result"] == "changed" }.count == 7)
        let status = try await rig.keyshift(["status", "fleet.job", "--format", "json"])
        #expect(status.out.contains("\"accepted_by\":\"") && status.out.contains("wave_gate"))
        let report = try await rig.keyshift(["report", "fleet.job", "--format", "json"])
        for kind in ["run", "end", "approval", "halt", "acceptance"] {
            #expect(report.out.contains("\"kind\":\"\(kind)\""), "\(kind)")
        }
    }

    @Test func theBudgetHaltsWithItsArithmetic() async throws {
        let rig = try await Rig.scripted(
            [
                "3": ["PATCH": ["400"]], "5": ["PATCH": ["409-unknown", "409-unknown", "409-unknown"]],
                "8": ["PATCH": ["400"]],
            ], projects: 20)
        try await rig.plan()
        let ended = try await apply(rig, ["--waves", "none", "--max-failures", "10%", "--concurrency", "1"])
        #expect(ended.code == 4, "\(ended.testDescription)")
        #expect(
            ended.err.contains("failed 3 of 8 tried; limit 10% of 20 = 2"), "\(ended.testDescription)")
        #expect(try rig.results().filter { $0["result"] == "pending" }.count == 12)
        try await rig.resume(["--accept-failures"], expecting: 3)
        #expect(try rig.results().filter { $0["result"] == "changed" }.count == 17)
    }

    @Test func theSheetsOwnWaves() async throws {
        let rig = try await Rig(["--projects", "5", "--state", "state.json"])
        let ids = try rig.simulator.truth().projects.map(\.id)
        let waves = ["", "7", "2", "7", ""]
        let lines = zip(ids, waves).map { "\($0),\($1)\n" }.joined()
        try rig.folder.write("fleet.csv", "project_id,wave\n" + lines)
        try await rig.plan()
        let twice = try await apply(rig, ["--waves", "1,rest"])
        #expect(twice.code == 64, "\(twice.testDescription)")
        let ended = try await apply(rig, ["--wave-soak", "0s"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(try rig.results().map { $0["wave"] } == ["8", "7", "2", "7", "8"])
        let changed = try rig.simulator.log().filter(\.isChange).compactMap(\.project)
        #expect(changed == [ids[2], ids[1], ids[3], ids[0], ids[4]])
    }

    /// What `plan` says of requests, waves and time is what `show` says, whatever the sheet and the target's settings.
    @Test(arguments: ["", "settings: {waves: \"1,rest\", rate: 30/min, concurrency: 3}\n"])
    func planAndShowAgree(settings: String) async throws {
        let rig = try await Rig(["--projects", "7"])
        func needs(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter {
                ["Requests:", "Waves:", "Time:", "Can't be undone:"].contains(where: $0.hasPrefix)
            }
        }
        try rig.folder.write("target.yaml", Target.googleRole + settings)
        let planned = try await rig.plan()
        let shown = try await rig.keyshift(["show", "fleet.job"])
        #expect(
            needs(planned.out) == needs(shown.out) && needs(planned.out).count == 4,
            "\(shown.testDescription)")
        #expect(shown.out.contains("limited by --wave-soak"), "\(shown.testDescription)")

        let ids = try rig.ids()
        try rig.folder.write(
            "waves.csv", "project_id,wave\n" + ids.enumerated().map { "\($1),\($0 / 3 + 1)\n" }.joined())
        guard settings.isEmpty else { return }
        let words = ["plan", "waves.csv", "--target", "target.yaml", "--job", "waves.job"]
        let sheet = try await rig.keyshift(words)
        #expect(
            sheet.out.contains("Waves: 3, 3, 1 projects, as in the sheet; 1m soak"),
            "\(sheet.testDescription)")
        #expect(sheet.out.contains("about 2 min of it soak"), "\(sheet.testDescription)")
    }

    @Test func whatDoesNotGoTogether() async throws {
        let rig = try await Rig(
            ["--projects", "3", "--scenario", "search-nodes-off"], target: Target.searchNodes)
        try await rig.plan()
        for more in [
            ["--stop-after-wave", "1"], ["--waves", "1,rest", "--no-verify"],
        ] {
            let ended = try await apply(rig, more)
            #expect(ended.code == 64, "\(ended.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == 0)
    }
}
