import AtlasAPI
import MigrationCore
import Testing

@testable import Reporting

struct ShowTests {
    private static let canary = "-----BEGIN CANARY"

    private func project(_ changes: [FieldChange], _ status: ProjectStatus? = nil) -> PlannedProject {
        PlannedProject(
            status: status ?? Sample.status(1, Outcome(.pending), planClass: .irreversible), live: nil,
            changes: changes)
    }

    private func json(_ projects: [PlannedProject]) -> String {
        var show = ShowJSON(nextStep: Sample.nextStep)
        var text = show.prefix(job: Sample.job)
        for project in projects { text += show.row(project) }
        return text + show.suffix
    }

    private let changes = [
        FieldChange(path: "awsKms.roleId", before: .absent, after: .value(.text("65ab"))),
        FieldChange(path: "awsKms.accessKeyID", before: .value(.text("AKIA\u{1b}")), after: .absent),
        FieldChange(path: "enabledForSearchNodes", before: .value(.bool(false)), after: .value(.bool(true))),
        FieldChange(path: "awsKms.secretAccessKey", before: .absent, after: .secret(reference: "${env:AWS}")),
    ]

    @Test func fieldByField() {
        #expect(
            ShowText(nextStep: Sample.nextStep).row(project(changes)) == """
                Payments (000000000000000000000001)  irreversible
                    awsKms.roleId: (not set) → "65ab"
                    awsKms.accessKeyID: "AKIA\\u{1b}" → (not set)
                    enabledForSearchNodes: false → true
                    awsKms.secretAccessKey: (not shown) → ${env:AWS}

                """)
    }

    /// A text of white space, or one that reads like no value, is seen for what it is.
    @Test(arguments: [
        ("null", "\"null\""), (" ", "\" \""), ("true", "\"true\""), ("a\"b", #""a\"b""#), ("", "\"\""),
    ])
    func textsStandInQuotes(text: String, shown: String) {
        let change = FieldChange(
            path: "azureKeyVault.resourceGroupName", before: .value(.text(text)), after: .value(.text(text)))
        #expect(ShowText.line(change) == "azureKeyVault.resourceGroupName: \(shown) → \(shown)")
    }

    @Test func unreadSaysWhy() {
        var outcome = Outcome(.pending)
        (outcome.httpStatus, outcome.errorCode) = (403, Failure.Oddity.notAtlas.rawValue)
        outcome.detail = "a gateway answered (Server WAF)"
        let status = Sample.status(2, outcome, planClass: .unread, name: nil)
        let text = ShowText(nextStep: Sample.nextStep).row(project([], status))
        #expect(
            text.hasPrefix("000000000000000000000002  unread\n    HTTP 403 a gateway answered (Server WAF)\n")
        )
        #expect(text.contains("    To do: Find out what answers in Atlas's place"), "\(text)")
        let object = json([project([], status)])
        #expect(
            object.contains("a gateway answered (Server WAF)") && object.contains("Find out what answers"))
        let report = TextReport(nextStep: Sample.nextStep).row(status) ?? ""
        for part in ["HTTP 403 not_atlas", "a gateway answered (Server WAF)", "To do: Find out what answers"]
        {
            #expect(report.contains(part), "\(report)")
        }
    }

    @Test func blocked() {
        let status = Sample.status(
            2, Outcome(.blocked, .roleMissing, detail: "no role"), planClass: .blocked, name: nil)
        #expect(
            ShowText(nextStep: Sample.nextStep).row(project([], status)) == """
                000000000000000000000002  blocked role_missing
                    no role
                    To do: Make the role in the project, or fill in the sheet's role column, then \
                run keyshift retry fleet.job --only blocked.

                """)
    }

    @Test func asJSON() throws {
        #expect(
            json([project(changes)]).hasSuffix(
                """
                "projects":[
                {"project_id":"000000000000000000000001","project_name":"Payments","class":"irreversible",\
                "reason":null,"detail":null,"next_step":null,"changes":[\
                {"path":"awsKms.roleId","before":null,"after":"65ab"},\
                {"path":"awsKms.accessKeyID","before":"AKIA\\u001b","after":null},\
                {"path":"enabledForSearchNodes","before":false,"after":true},\
                {"path":"awsKms.secretAccessKey","before":null,"after":{"secret":"${env:AWS}"}}]}
                ]}

                """))
        let read = try #require(JSONValue(parsing: Array(json([]).utf8)))
        #expect(read["schema"]?.integer == 1 && read["projects"]?.array == [])
        // The changes are in the form of the job file.
        let changes = JSONValue(parsing: Array(json([project(changes)]).utf8))?["projects"]?.array?[0][
            "changes"]?.array
        #expect(changes?.compactMap { FieldChange($0) } == self.changes)
    }

    /// Even a value that got where only references belong stays inside.
    @Test func secretsStayInside() {
        for field in ["googleCloudKms.serviceAccountKey", "awsKms.secretAccessKey", "azureKeyVault.secret"] {
            let leaks = [
                FieldChange(
                    path: field, before: .value(.text(Self.canary)), after: .value(.text(Self.canary))),
                FieldChange(path: field, before: .absent, after: .secret(reference: Self.canary)),
            ]
            let text = ShowText(nextStep: Sample.nextStep).row(project(leaks)) + json([project(leaks)])
            #expect(!text.contains("CANARY") && text.contains("(secret)"))
        }
    }
}
