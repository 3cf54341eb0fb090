import AtlasAPI
import MigrationCore
import Testing

@testable import Reporting

struct PlanTextTests {
    private func totals(_ groups: (PlanClass, ProjectResult, Reason?, Int)...) -> Totals {
        Totals(groups: groups.map { Totals.Group(planClass: $0.0, result: $0.1, reason: $0.2, count: $0.3) })
    }

    @Test func summary() {
        let settings = RunSettings()
        let text = PlanText(nextStep: Sample.nextStep).summary(
            job: Sample.job,
            totals: totals(
                (.noop, .unchanged, nil, 40), (.irreversible, .pending, nil, 1200),
                (.excluded, .excluded, nil, 3),
                (.blocked, .blocked, .roleAmbiguous, 2), (.blocked, .blocked, .keyNotValid, 9)),
            unread: [],
            estimate: PlanEstimate(changes: 1200, readsPerChange: 3, waves: [], settings: settings),
            waves: [], settings: settings,
            plannedAt: 1_790_000_000_000, now: 1_790_000_000_000 + 125 * 60_000)
        #expect(
            text == """
                Plan for 1254 projects, target google-role
                  noop            40
                  irreversible  1200
                  excluded         3
                  blocked         11

                blocked: key_not_valid (9 projects)
                  To do: Restore Atlas's access to the project's present key, then run keyshift retry fleet.job --only blocked.

                blocked: role_ambiguous (2 projects)
                  To do: Put one of the roles that the detail names in the sheet's column role_id, then plan \
                it in a new job.

                Can't be undone: 1200 projects.
                Requests: 4800, if none has to be tried again.
                Time: about 10 min, limited by --rate (one PATCH every 500ms).
                Digest: sha256:00ff
                Age: about 2 h 5 min (read 2026-09-21T14:13:20.000Z)

                """)
    }

    @Test func unread() {
        var job = Sample.job
        job.planDigest = nil
        let settings = RunSettings()
        let text = PlanText(nextStep: Sample.nextStep).summary(
            job: job, totals: totals((.unread, .pending, nil, 1)),
            unread: [UnreadCause(failure: nil, count: 1)],
            estimate: PlanEstimate(changes: 0, readsPerChange: 3, waves: [], settings: settings), waves: [],
            settings: settings,
            plannedAt: nil, now: 0)
        #expect(
            text == """
                Plan for 1 project, target google-role
                  unread  1

                unread (1 project): not asked yet
                  To do: Run the command that made the job again (plan without --offline); it reads what is still unread.

                Digest: none yet, since some projects are unread

                """)
    }

    /// Which answer stood in the way of how many, and what to do about each.
    @Test func unreadHasItsCauses() {
        let settings = RunSettings()
        let gateway = Failure(
            status: 403, code: Failure.Oddity.notAtlas.rawValue,
            detail: "a gateway answered (text/html, Server WAF\u{1b}[31m)")
        let text = PlanText(nextStep: NextStep(job: "fleet.job", isStarted: false)).summary(
            job: Sample.job, totals: totals((.unread, .pending, nil, 12)),
            unread: [
                UnreadCause(failure: gateway, count: 7),
                UnreadCause(failure: Failure(status: 503, code: nil, detail: nil), count: 3),
                UnreadCause(failure: Failure(TransportFailure(.timeout, "no answer in 120s")), count: 1),
                UnreadCause(failure: nil, count: 1),
            ],
            estimate: PlanEstimate(changes: 0, readsPerChange: 3, waves: [], settings: settings), waves: [],
            settings: settings, plannedAt: nil, now: 0)
        let again = "then run the command that made the job again; it reads what is still unread."
        for part in [
            "unread (7 projects): HTTP 403 a gateway answered (text/html, Server WAF\\u{1b}[31m)\n  To do: Find out what",
            "and have it let the API through, \(again)\n",
            "unread (3 projects): HTTP 503\n  To do: Wait until Atlas answers well again, \(again)\n",
            "unread (1 project): timeout no answer in 120s\n  To do: Check the network",
            "unread (1 project): not asked yet\n  To do: Run the command that made the job again (plan without",
        ] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test func estimates() {
        var settings = RunSettings()
        let paced = PlanEstimate(changes: 121, readsPerChange: 2, waves: [], settings: settings)
        #expect(paced.bound == .rate && paced.requests == 363 && paced.duration == .seconds(60))
        settings.concurrency = 2
        let narrow = PlanEstimate(changes: 121, readsPerChange: 3, waves: [], settings: settings)
        #expect(narrow.bound == .concurrency && narrow.duration == .seconds(121))
        settings.patchInterval = nil
        settings.concurrency = 8
        let free = PlanEstimate(changes: 8, readsPerChange: 1, waves: [], settings: settings)
        #expect(free.bound == .concurrency && free.duration == .seconds(1))
        settings.waveSoak = .seconds(60)
        let soaking = PlanEstimate(changes: 8, readsPerChange: 1, waves: [1, 3, 4], settings: settings)
        #expect(soaking.bound == .soak && soaking.soaks == .seconds(120) && soaking.requests == 20)
        #expect(soaking.duration == .milliseconds(121_250))
        let oneWave = PlanEstimate(changes: 8, readsPerChange: 1, waves: [8], settings: settings)
        #expect(oneWave.bound == .concurrency && oneWave.soaks == .zero)
        let nothing = PlanEstimate(changes: 0, readsPerChange: 2, waves: [], settings: settings)
        #expect(nothing.bound == nil && nothing.duration == .zero && nothing.requests == 0)
    }

    @Test(arguments: [
        (0, "under a minute"), (59, "under a minute"), (60, "about 1 min"), (3590, "about 1 h"),
        (7500, "about 2 h 5 min"), (86_400, "about 1 d"), (100_000, "about 1 d 4 h"),
    ])
    func roughly(_ seconds: Int, _ text: String) {
        #expect(RoughDuration.text(.seconds(seconds)) == text)
    }

    /// A job's times are whatever its file says.
    @Test func timesAtTheEnds() {
        let times: [Int64] = [
            .min, .min + 1, -12_212_553_600_001, -12_212_553_600_000, -1, 0, 253_402_300_799_999,
            253_402_300_800_000,
            .max - 1, .max,
        ]
        for (planned, now) in times.flatMap({ planned in times.map { (planned, $0) } }) {
            let settings = RunSettings()
            let text = PlanText(nextStep: Sample.nextStep).summary(
                job: Sample.job, totals: totals((.noop, .unchanged, nil, 1)), unread: [],
                estimate: PlanEstimate(changes: 0, readsPerChange: 3, waves: [], settings: settings),
                waves: [], settings: settings,
                plannedAt: planned, now: now)
            let isShown = text.contains("no date (\(planned) ms since 1970)")
            #expect(isShown == !(-12_212_553_600_000...253_402_300_799_999).contains(planned))
            if now < planned {
                let isClose = planned.subtractingReportingOverflow(now) == (1, false)
                #expect(text.contains(isClose ? "under a minute" : "not known"), "\(planned), \(now)")
            }
        }
        #expect(WireDate.text(milliseconds: -12_212_553_600_000) == "1583-01-01T00:00:00.000Z")
        #expect(WireDate.text(milliseconds: 253_402_300_799_999) == "9999-12-31T23:59:59.999Z")
    }
}
