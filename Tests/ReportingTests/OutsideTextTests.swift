import AtlasAPI
import MigrationCore
import Testing

@testable import Reporting

/// Goal: no text from outside makes, ends or hides a line of ours, wherever it is shown. Method: every place where one
/// is shown, with hostile texts; the text must be safe, and have as many lines as with a word that is harmless.
struct OutsideTextTests {
    /// A place, and what is shown with this text there.
    typealias Place = (name: String, show: (String) -> String)

    private func check(_ places: [Place]) {
        for (number, place) in places.enumerated() {
            let lines = Hostile.lines(place.show("word"))
            #expect(place.show("word").contains("word"), "\(place.name)")
            for text in Hostile.texts(seed: UInt64(number)) {
                let shown = place.show(text)
                #expect(Hostile.isSafe(shown), "\(place.name): \(shown)")
                #expect(Hostile.lines(shown) == lines, "\(place.name): \(shown)")
            }
        }
    }

    private func summary(_ status: ProjectStatus) -> SummaryBuilder {
        var builder = SummaryBuilder()
        builder.add(status)
        return builder
    }

    @Test func reports() {
        let report = TextReport(nextStep: Sample.nextStep)
        func row(_ status: ProjectStatus, _ report: TextReport = report) -> String {
            (report.row(status) ?? "") + report.summary(summary(status))
        }
        check([
            ("name", { row(Sample.status(1, Sample.refusal(nil), name: $0)) }),
            ("detail", { row(Sample.status(1, Sample.refusal(nil, detail: $0))) }),
            ("code", { row(Sample.status(1, Sample.refusal($0))) }),
            (
                "job",
                {
                    row(
                        Sample.status(1, Sample.refusal(nil)),
                        TextReport(nextStep: NextStep(job: $0, isHalted: true)))
                }
            ),
            ("command", { report.summary(SummaryBuilder(), command: $0) }),
            ("read again", { TextReport.reread(Sample.status(1, Outcome(.changed)), "moved", $0) ?? "" }),
            ("finding", { TextReport.reread(Sample.status(1, Outcome(.changed)), $0, nil) ?? "" }),
            (
                "name read again",
                { TextReport.reread(Sample.status(1, Outcome(.changed), name: $0), "x", "y") ?? "" }
            ),
            ("resume", { NextStep(job: $0).resumeCommand }),
            (
                "pending",
                { row(Sample.status(1, Outcome(.pending)), TextReport(nextStep: NextStep(job: $0))) }
            ),
            ("history", { JobFacts.Event(at: 0, kind: "run", user: $0, text: $0).line }),
        ])
    }

    @Test func commandsToPaste() {
        for job in Hostile.texts(seed: 3) {
            for (isStarted, result) in [(true, ProjectResult.pending), (false, .pending), (true, .failed)] {
                let next = NextStep(job: job, isStarted: isStarted)
                #expect(next.sentence(result: result, reason: nil)?.contains(ShellWord.quoted(job)) == true)
            }
        }
    }

    @Test func plans() {
        func row(_ change: FieldChange, _ status: ProjectStatus? = nil, job: String = "fleet.job") -> String {
            ShowText(nextStep: NextStep(job: job)).row(
                PlannedProject(
                    status: status ?? Sample.status(1, Outcome(.pending)), live: nil, changes: [change]))
        }
        func blocked(_ detail: String, code: String? = nil, name: String = "x") -> ProjectStatus {
            Sample.status(
                1,
                Outcome(
                    .blocked, .noAccess, failure: Failure(status: 403, code: code, detail: detail),
                    attempts: 0),
                planClass: .blocked, name: name)
        }
        let plain = FieldChange(path: "awsKms.region", before: .absent, after: .absent)
        check([
            ("path", { row(FieldChange(path: $0, before: .absent, after: .absent)) }),
            (
                "before",
                { row(FieldChange(path: "awsKms.region", before: .value(.text($0)), after: .absent)) }
            ),
            ("after", { row(FieldChange(path: "awsKms.region", before: .absent, after: .value(.text($0)))) }),
            ("name", { row(plain, Sample.status(1, Outcome(.pending), name: $0)) }),
            ("detail", { row(plain, blocked($0)) }),
            ("blocked name", { row(plain, blocked("x", name: $0)) }),
            ("job", { row(plain, blocked("x"), job: $0) }),
        ])
        // What is no reference is not shown at all.
        for text in Hostile.texts(seed: 9) {
            let shown = row(
                FieldChange(path: "awsKms.secretAccessKey", before: .absent, after: .secret(reference: text)))
            #expect(Hostile.isSafe(shown) && Hostile.lines(shown) == 2, "\(shown)")
        }
    }

    @Test func summariesOfPlans() {
        let settings = RunSettings()
        let groups = [
            Totals.Group(planClass: .blocked, result: .blocked, reason: .noAccess, count: 1),
            Totals.Group(planClass: .unread, result: .pending, reason: nil, count: 1),
        ]
        func plan(_ job: JobFacts, path: String = "fleet.job") -> String {
            PlanText(nextStep: NextStep(job: path)).summary(
                job: job, totals: Totals(groups: groups), unread: [],
                estimate: PlanEstimate(changes: 1, readsPerChange: 2, waves: [], settings: settings),
                waves: [], settings: settings,
                plannedAt: 0, now: 1)
        }
        check([
            (
                "target",
                {
                    var job = Sample.job
                    job.target = $0
                    return plan(job)
                }
            ),
            (
                "digest",
                {
                    var job = Sample.job
                    job.planDigest = $0
                    return plan(job)
                }
            ), ("job", { plan(Sample.job, path: $0) }),
        ])
    }

    @Test func rolesAndGrants() {
        let project = Sample.id(1)
        let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
        func grants(_ name: String, _ key: String, _ account: String) -> String {
            var script = GrantScript()
            return script.lines(project, name, key: key, account: account)
        }
        check([
            ("name", { RolesText.line(project, $0, RoleFinding(.missing), isGoogle: true) }),
            ("detail", { RolesText.line(project, "x", RoleFinding(.failed, detail: $0), isGoogle: true) }),
            ("granted name", { grants($0, key, "x@y") }), ("account", { grants("x", key, $0) }),
            ("key", { grants("x", key + $0, "x@y") }), ("odd key", { grants("x", $0 + "/", "x@y") }),
            ("no grant", { GrantScript.without(project, $0) }),
            ("ring", { grants("x", key.replacing("/r/", with: "/k\($0)/"), "x@y") }),
            ("location", { grants("x", key.replacing("/l/", with: "/k\($0)/"), "x@y") }),
            ("key's project", { grants("x", key.replacing("/p/", with: "/k\($0)/"), "x@y") }),
        ])
    }

    @Test func findingsOfDoctor() {
        func answer(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> Reply {
            CheckupTests.answer(status, body, headers)
        }
        func error(_ code: String?, _ detail: String?) -> Reply {
            answer(
                403,
                JSONText.object {
                    $0.add("error", 403)
                    $0.add("errorCode", code)
                    $0.add("detail", detail)
                })
        }
        func list(_ member: String, _ value: String) -> Reply {
            let first = JSONText.object {
                $0.add("id", "0123456789abcdef01234567")
                $0.add(member, value)
            }
            return answer(200, "{\"results\":[\(first)]}")
        }
        check([
            ("address", { Checkup.address($0).line }),
            ("certificate", { Finding.ok(.certificate, $0).line }),
            (
                "proxy",
                { Checkup.connection(answer(200, ""), httpVersion: "1", proxy: $0, usedProxy: true).line }
            ), ("version", { Checkup.connection(answer(200, ""), httpVersion: $0, proxy: nil).line }),
            (
                "failure",
                {
                    Checkup.connection(.notSent(TransportFailure(.tls, $0)), httpVersion: nil, proxy: nil)
                        .line
                }
            ), ("token", { Checkup.token(error($0, nil)).0.line }),
            ("refusal", { Checkup.identity(error("X", $0), given: nil).map(\.line).joined() }),
            ("organisation", { Checkup.identity(list("name", $0), given: nil).map(\.line).joined() }),
            ("projects", { Checkup.projects(error("X", $0)).line }),
            ("limits", { Checkup.limits(error($0, "x")).line }),
        ])
    }

    /// JSON keeps every text, since programs read it; its bytes are safe all the same.
    @Test func documents() throws {
        func facts(_ text: String) -> JobFacts {
            var job = JobFacts(
                path: text, target: text, organisation: nil, address: text, planDigest: text, createdAt: 0,
                end: text)
            job.history = [JobFacts.Event(at: 0, kind: text, user: text, text: text)]
            return job
        }
        func status(_ text: String) -> ProjectStatus {
            Sample.status(1, Sample.refusal(text, detail: text), name: text, cells: [text, text])
        }
        func report(_ text: String) -> String {
            var json = JSONReport(columns: [text, "b"], nextStep: NextStep(job: text))
            return json.prefix(job: facts(text), totals: Sample.totals([status(text)]))
                + json.row(status(text))
                + json.suffix
        }
        func show(_ text: String) -> String {
            var json = ShowJSON(nextStep: NextStep(job: text))
            let change = FieldChange(path: text, before: .value(.text(text)), after: .secret(reference: text))
            return json.prefix(job: facts(text))
                + json.row(PlannedProject(status: status(text), live: nil, changes: [change])) + json.suffix
        }
        check([("report", report), ("show", show)])
        for text in Hostile.texts(seed: 4) {
            let read = try #require(JSONValue(parsing: Array(report(text).utf8)))
            let project = try #require(read["projects"]?.array?.first)
            #expect(project["detail"]?.string == text && project["csv"]?[text]?.string == text)
            #expect(read["job"]?["path"]?.string == text)
            // The form that is cleaned as a whole.
            let line = JSONValue.object(["detail": .string(text)]).canonicalText()
            let safe = TerminalText.json(line)
            #expect(Hostile.isSafe(safe) && Hostile.lines(safe) == 0)
            #expect(JSONValue(parsing: Array(safe.utf8))?["detail"]?.string == text)
        }
    }
}
