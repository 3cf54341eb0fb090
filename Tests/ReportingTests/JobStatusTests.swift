import AtlasAPI
import MigrationCore
import Reporting
import Testing

/// What `status` says of a job's runs, and in which order.
struct JobStatusTests {
    private func run(
        _ command: String, at: Int64, endedAt: Int64? = nil, _ how: String? = nil, _ code: Int? = nil
    ) -> RunEntry {
        RunEntry(
            id: at, command: command, user: "ann", host: "here", pid: 1, startedAt: at, endedAt: endedAt,
            endedHow: how, exitCode: code)
    }

    private func lines(_ runs: [RunEntry], _ halts: [HaltEntry] = [], isRunning: Bool = false) -> [String] {
        JobHistory(runs: runs, approvals: [], halts: halts, isRunning: isRunning).events.map(\.text)
    }

    @Test func everyRunHasAnEndUnlessItGoesOn() {
        let ended = run("apply", at: 1, endedAt: 5, "completed", 0)
        #expect(lines([ended]) == ["apply by ann on here", "apply: completed (exit 0)"])
        let open = run("resume", at: 9)
        #expect(lines([ended, open], isRunning: true).last == "resume by ann on here")
        #expect(lines([ended, open]).last == "resume: died")
        #expect(lines([open, ended], isRunning: true).contains("resume: died"), "only the last can go on")
        let left = run("resume", at: 9, endedAt: nil, nil, RunEntry.abandonedExitCode)
        #expect(lines([left]).last?.hasPrefix("resume: left at once") == true)
    }

    @Test func haltsAndTheirAcceptanceStandInTheOrderOfTime() {
        let halt = HaltEntry(
            cause: "outage", detail: "HTTP 503", at: 3, acceptedBy: "bob", acceptedAt: 7, binds: true)
        let all = lines([run("apply", at: 1, endedAt: 4, "halted", 4)], [halt])
        #expect(all[1].hasPrefix("halted: Atlas did not answer") && all[3] == "failures accepted by bob")
    }

    @Test func onlyAHaltThatBindsIsOpen() throws {
        for (binds, acceptedBy, isOpen) in [(true, nil, true), (false, nil, false), (true, "bob", false)]
            as [(Bool, String?, Bool)]
        {
            let halt = HaltEntry(cause: "outage", detail: "x", at: 1, acceptedBy: acceptedBy, binds: binds)
            let status = JobStatus(
                path: "f.job", target: "t", organisation: nil, address: "https://a", planDigest: nil,
                totals: Totals(groups: []), waves: [WaveEntry(number: 1, projects: 2, good: 1, beganAt: 5)],
                history: JobHistory(runs: [], approvals: [], halts: [halt], isRunning: false), holder: nil)
            let json = try #require(JSONValue(parsing: Array(status.json.utf8)))
            #expect((json["halted"]?["cause"]?.string == "outage") == isOpen)
            #expect(status.text.contains("\nhalted: ") == isOpen)
            #expect(status.text.contains("wave 1: begun, 1 of 2 done"))
        }
    }
}
