import Testing

/// Each fault is retried as the table says: one project, a script of faults for its PATCHes, and what the job file's
/// attempts, the result and the server's log say of it.
@Suite(.aFewAtATime) struct RetryTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var script: [String]
        /// Of each attempt, in order.
        var verdicts: [String]
        var result = "changed"
        var reason = ""
        var code: Int32 = 0
        var scenario = "google-static"
        var flags: [String] = []
        /// The least time between the first attempt's end and the second's beginning.
        var pause = 0

        var testDescription: String { script.joined(separator: ", ") }
    }

    private static let cases = [
        Case(script: ["409", "409"], verdicts: ["passing", "passing", "accepted"]),
        Case(
            script: ["409", "409", "409", "409", "409"], verdicts: Array(repeating: "passing", count: 5),
            result: "failed", reason: "attempts_exhausted", code: 3),
        Case(script: ["409-unknown", "409-unknown"], verdicts: ["conflict", "conflict", "accepted"]),
        Case(
            script: ["409-unknown", "409-unknown", "409-unknown"],
            verdicts: ["conflict", "conflict", "conflict"], result: "failed", reason: "attempts_exhausted",
            code: 3),
        Case(script: ["500", "500"], verdicts: ["transient", "transient", "accepted"]),
        Case(script: ["500-after"], verdicts: ["transient"]),
        Case(
            script: ["500", "500", "500", "500", "500"], verdicts: Array(repeating: "transient", count: 5),
            result: "unknown", reason: "outcome_unknown", code: 6),
        Case(
            script: ["500", "409", "409", "409", "409"],
            verdicts: ["transient", "passing", "passing", "passing", "passing"], result: "failed",
            reason: "attempts_exhausted", code: 3),
        Case(
            script: ["500", "500"], verdicts: ["transient", "transient"], result: "unknown",
            reason: "outcome_unknown", code: 6, flags: ["--max-attempts", "2"]),
        Case(script: ["502", "503"], verdicts: ["transient", "transient", "accepted"]),
        Case(script: ["503-retry-after"], verdicts: ["transient", "accepted"], pause: 1000),
        Case(script: ["429"], verdicts: ["throttled", "accepted"], pause: 1000),
        Case(script: ["429-retry-after"], verdicts: ["throttled", "accepted"], pause: 1000),
        Case(script: ["405"], verdicts: ["maintenance", "accepted"], pause: 1000),
        Case(script: ["propagation", "propagation"], verdicts: ["propagation", "few", "accepted"]),
        Case(
            script: Array(repeating: "propagation", count: 40), verdicts: [], result: "failed",
            reason: "propagation_timeout", code: 3, scenario: "aws-static",
            flags: ["--propagation-patience", "500ms"]),
        Case(script: ["reset-before"], verdicts: ["no_answer", "accepted"]),
        Case(script: ["reset-after"], verdicts: ["no_answer"]),
        Case(script: ["hang"], verdicts: ["no_answer", "accepted"]),
        Case(script: ["hang-after"], verdicts: ["no_answer"]),
        Case(script: ["cut"], verdicts: ["no_answer"]),
        Case(
            script: Array(repeating: "reset-before", count: 5),
            verdicts: Array(repeating: "no_answer", count: 5), result: "unknown", reason: "outcome_unknown",
            code: 6),
        Case(script: ["stale"], verdicts: ["accepted"]),
        Case(script: ["not-valid"], verdicts: ["accepted"]),
        Case(script: ["stale+not-valid"], verdicts: ["accepted"]),
        Case(script: ["500-after+not-valid"], verdicts: ["transient"]),
        Case(script: ["400"], verdicts: ["refused"], result: "failed", reason: "refused", code: 3),
        Case(script: ["401"], verdicts: ["unauthorised", "accepted"]),
    ]

    @Test(arguments: cases) func patch(_ one: Case) async throws {
        let isAWS = one.scenario == "aws-static"
        let rig = try await Rig.scripted(
            ["1": ["PATCH": one.script]], scenario: one.scenario,
            target: isAWS ? Target.awsRole : Target.googleRole)
        try await rig.plan()
        let ended = try await rig.apply(one.flags, expecting: one.code)

        let row = try #require(try rig.results().first, "\(ended.testDescription)")
        #expect(row["result"] == one.result && row["reason"] == one.reason, "\(row)")
        let attempts = try rig.job.attempts()
        if !one.verdicts.isEmpty { #expect(attempts.map(\.verdict) == one.verdicts) }
        let counted = attempts.filter { !["throttled", "maintenance"].contains($0.verdict) }
        #expect(row["attempts"] == "\(counted.count)", "\(row)")
        if attempts.count > 1, let end = attempts[0].endedAt {
            #expect(attempts[1].intentAt - end >= Int64(one.pause))
        }

        let audit = try Audit(rig)
        audit.changesFollowReads()
        #expect(audit.truth.projects[0].patchesSeen == attempts.count)
        #expect(audit.violations() == [])
        if one.result == "changed" { audit.rowsAreTrue() }
    }

    @Test func statusAndCodeAreKept() async throws {
        let rig = try await Rig.scripted(["1": ["PATCH": ["409", "503", "429", "propagation", "500"]]])
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let attempts = try rig.job.attempts()
        #expect(attempts.map(\.status) == [409, 503, 429, 400, 500, 200])
        #expect(
            attempts.map(\.code) == [
                "AUTOMATION_CONFIG_CONCURRENT_MODIFICATION", nil, "RATE_LIMITED_TOKEN_BUCKET",
                "INVALID_GOOGLE_CLOUD_CREDENTIALS", "UNEXPECTED_ERROR", nil,
            ])
    }

    @Test(arguments: ["503", "500", "429", "reset-before", "hang", "cut", "502"])
    func reads(fault: String) async throws {
        // The plan reads three times; each read fails once or twice, and so does each of apply's.
        let script = [fault, nil, fault, fault, nil, fault, nil, fault, nil, nil, fault]
        let rig = try await Rig.scripted(["1": ["GET": script]])
        try await rig.plan()
        try await rig.apply(expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    // Enough other projects that what one of them meets is no outage.
    private static let busy = ["--concurrency", "4", "--backoff-base", "10ms", "--backoff-cap", "20ms"]
    private static let fleet = ["--latency", "5ms..20ms"]

    @Test func aReadThatNeverComesBlocksThePlan() async throws {
        let rig = try await Rig.scripted(
            ["1": ["GET": Array(repeating: "500", count: 5)]], projects: 60, flags: Self.fleet)
        let words = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]
        let planned = try await rig.keyshift(words + Self.busy)
        #expect(planned.code == 0, "\(planned.testDescription)")
        #expect(try rig.job.value("SELECT reason FROM plan WHERE ordinal = 1") == "read_failed")
        try await rig.apply(expecting: 3)
        #expect(try rig.results().filter { $0["result"] == "changed" }.count == 59)
    }

    @Test func aReadThatNeverComesFailsTheLook() async throws {
        let rig = try await Rig.scripted(
            ["40": ["GET": Array(repeating: nil, count: 3) + Array(repeating: "500", count: 5)]],
            projects: 60, flags: Self.fleet)
        try await rig.plan()
        let ended = try await rig.keyshift(
            ["apply", "fleet.job"] + rig.answers + Self.busy + ["--rate", "none"])
        #expect(ended.code == 3, "\(ended.testDescription)")
        let row = try rig.results()[39]
        #expect(row["result"] == "failed" && row["reason"] == "read_failed", "\(row)")
        #expect(row["http_status"] == "500" && row["attempts"] == "0", "\(row)")
        #expect(try rig.simulator.truth().projects[39].isUntouched)
    }
}
