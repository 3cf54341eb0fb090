import AtlasAPI
import MigrationCore
import Testing

@testable import Reporting

struct JSONReportTests {
    private func report(_ rows: [ProjectStatus]) -> String {
        var report = JSONReport(columns: Sample.columns, nextStep: Sample.nextStep)
        var text = report.prefix(job: Sample.job, totals: Sample.totals(rows))
        for row in rows { text += report.row(row) }
        return text + report.suffix
    }

    @Test func noRows() throws {
        #expect(
            report([]) == """
                {"schema":1,
                "job":{"name":"fleet.job","path":"work/fleet.job","target":"google-role",\
                "organisation":"0123456789abcdef01234567","address":"https://cloud.mongodb.com",\
                "plan_digest":"sha256:00ff","approve":null,"created_at":"2026-09-21T14:13:20.000Z",\
                "started_at":"2026-09-21T14:14:20.125Z","ended_at":null,"end":null,"history":[]},
                "totals":{"projects":0,"changed":0,"unchanged":0,"excluded":0,"failed":0,"blocked":0,\
                "drifted":0,"unknown":0,"pending":0},
                "projects":[]}

                """)
        #expect(JSONValue(parsing: Array(report([]).utf8))?["projects"]?.array == [])
    }

    @Test func oneRow() {
        let row = Sample.status(11, Outcome(.changed, verified: .valid, attempts: 1), name: "A \"b\"\u{1b}")
        #expect(
            report([row]).hasSuffix(
                """
                "projects":[
                {"project_id":"00000000000000000000000b","project_name":"A \\"b\\"\\u001b",\
                "result":"changed","class":"reversible","reason":null,"verified":"valid",\
                "http_status":null,"error_code":null,"detail":null,"attempts":1,\
                "wave":null,"started_at":null,"finished_at":null,"next_step":null,\
                "csv":{"project_id":"00000000000000000000000b","project_name":"A \\"b\\"\\u001b",\
                "team":"blue","result":"x"}}
                ]}

                """))
    }

    /// The members of a project are the columns of results.csv, in their order.
    @Test func membersAreTheColumns() throws {
        let text = report([Sample.status(1, Outcome(.pending))])
        var last = try #require(text.firstRange(of: "\"projects\":[")).upperBound
        for column in ResultColumns.fixed {
            let member = try #require(text[last...].firstRange(of: "\"\(column)\":"), "\(column)")
            last = member.upperBound
        }
    }

    @Test(arguments: [1, 2, 3])
    func totalsAreTheRows(_ seed: UInt64) throws {
        let rows = Sample.fleet(seed: seed, count: 300)
        let json = try #require(JSONValue(parsing: Array(report(rows).utf8)))
        let projects = try #require(json["projects"]?.array)
        #expect(projects.count == rows.count && json["totals"]?["projects"]?.integer == rows.count)
        for result in ProjectResult.allCases {
            let count = projects.filter { $0["result"]?.string == result.rawValue }.count
            #expect(json["totals"]?[result.rawValue]?.integer == count)
        }
        for (project, row) in zip(projects, rows) {
            #expect(project["detail"]?.string == row.outcome.detail)
            #expect(project["next_step"]?.string == Sample.nextStep.sentence(for: row))
            #expect(project["csv"]?["team"]?.string == "blue")
        }
    }

    @Test func everyScalarSurvives() throws {
        var text = ""
        for value in UInt32(0)...0x3000 {
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        text += "😀\u{10FFFF}"
        let read = JSONValue(parsing: Array("[\(JSONText.string(text))]".utf8))?.array?.first?.string
        #expect(read.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }
}
