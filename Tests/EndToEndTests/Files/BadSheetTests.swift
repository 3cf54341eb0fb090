import Foundation
import Testing

/// Every kind of bad CSV gives its exit code and `file:line:column: message`, all errors of a file in one run, and
/// leaves nothing behind; each case is planned where no server listens.
@Suite(.aFewAtATime) struct BadSheetTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        /// `line:column` of every error.
        var places: [String]
        var target = Target.googleRole

        init(_ name: String, _ text: String, _ places: String..., target: String = Target.googleRole) {
            (self.name, bytes, self.places, self.target) = (name, Array(text.utf8), places, target)
        }

        init(_ name: String, bytes: [UInt8], _ places: String...) {
            (self.name, self.bytes, self.places) = (name, bytes, places)
        }

        var testDescription: String { name }
    }

    private static let one = "6790e57a9b41416f5c216fee"
    private static let two = "6790e57a9b41416f5c216fef"
    private static let withRoleColumn = Target.googleRole.replacing("roleId: auto", with: "roleId: '${role}'")
    private static let withKeyColumn =
        "keyshift: 1\nname: k\ntarget: {googleCloudKms: {keyVersionResourceID: '${key}'}}\n"

    private static let cases = [
        Case("empty file", "", "1:1"),
        Case("no projects", "project_id\n", "1:1"),
        Case("no id column", "project\n\(one)\n", "1:1"),
        Case("unterminated quote", "project_id,a\n\(one),\"b\n", "2:26"),
        Case("text after a quote", "project_id,a\n\(one),\"b\"c\n", "2:29"),
        Case("a stray quote", "project_id,a\n\(one),b\"c\n", "2:27"),
        Case("a short row", "project_id,a\n\(one)\n", "2:1"),
        Case("a long row", "project_id,a\n\(one),b,c\n", "2:28"),
        Case("a lone CR", "project_id,a\n\(one),b\rc\n", "2:27"),
        Case("a duplicate column", "project_id,a,a\n\(one),b,c\n", "1:14"),
        Case("a second id column", "project_id,groupId\n\(one),\(two)\n", "1:12"),
        Case("a nameless column", "project_id,\n\(one),b\n", "1:12"),
        Case("a wave that is none", "project_id,wave\n\(one),0\n", "2:26"),
        Case("a bad id", "a,project_id\nb,\(one)0\n", "2:3"),
        Case("a duplicate id in other letters", "project_id\n\(one)\n\(one.uppercased())\n", "3:1"),
        Case("NUL", bytes: Array("project_id,a\n\(one),b\0c\n".utf8), "2:27"),
        Case("no UTF-8", bytes: Array("project_id,a\n\(one),é".utf8) + [0xFF, 0x0A], "2:27"),
        Case("columns count scalars", "a,project_id\n\"🙂 é,\",nonsense\n", "2:8"),
        Case("a huge field", "project_id,a\n\(one),\(String(repeating: "x", count: 1_100_000))\n", "2:26"),
        Case(
            "several at once", "project_id,a\n\(one),b\nnonsense,b\n\n\(two)\n\(one),\"b\"c\n\(one),b\n",
            "3:1", "5:1", "6:29", "7:1"),
        Case(
            "an empty cell that is needed", "project_id,key\n\(one),\n", "2:26", target: withKeyColumn),
        Case("a bad value in a cell", "project_id,role\n\(one),nonsense\n", "2:26", target: withRoleColumn),
    ]

    @Test(arguments: cases) func refused(_ one: Case) async throws {
        let desk = try Desk()
        try desk.folder.write("my fleet.csv", one.bytes)
        try desk.folder.write("target.yaml", one.target)
        for more in [[], ["--offline"]] {
            let ended = try await desk.keyshift(
                ["plan", "my fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + more)
            #expect(ended.code == 65, "\(ended.testDescription)")
            #expect(ended.out == "")
            for place in one.places {
                #expect(ended.err.contains("my fleet.csv:\(place): "), "\(place) \(ended.testDescription)")
            }
            let lines = ended.err.split(separator: "\n").filter { $0.contains("my fleet.csv:") }
            #expect(lines.count == one.places.count, "\(ended.testDescription)")
            #expect(desk.folder.names == ["my fleet.csv", "target.yaml"])
        }
    }

    @Test func theFirstHundredAndACount() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n" + String(repeating: "nonsense\n", count: 250))
        try desk.folder.write("target.yaml", Target.googleRole)
        let ended = try await desk.keyshift([
            "plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job",
        ])
        #expect(ended.code == 65)
        let lines = ended.err.split(separator: "\n")
        #expect(lines.filter { $0.contains("fleet.csv:") }.count == 100)
        #expect(ended.err.contains("150 more") && ended.err.contains("250 problems"))
    }

    @Test func standardInput() async throws {
        let desk = try Desk()
        try desk.folder.write("bad", "project_id\nnonsense\n")
        try desk.folder.write("good", "\u{FEFF}project_id\r\n\(Self.one)\r\n\r\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        let words = ["plan", "-", "--target", "target.yaml", "--job", "fleet.job", "--offline"]
        let bad = try await desk.keyshift(words, input: .file(desk.folder.file("bad")))
        #expect(bad.code == 65 && bad.err.contains("standard input:2:1: "), "\(bad.testDescription)")
        #expect(desk.folder.names == ["bad", "good", "target.yaml"])
        let good = try await desk.keyshift(words, input: .file(desk.folder.file("good")))
        #expect(good.code == 0, "\(good.testDescription)")
    }

    @Test func missingInputs() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n\(Self.one)\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        let before = desk.folder.names
        for (csv, target, job, code) in [
            ("none.csv", "target.yaml", "fleet.job", 66), ("fleet.csv", "none.yaml", "fleet.job", 66),
            ("fleet.csv", "target.yaml", "none/fleet.job", 73), (".", "target.yaml", "fleet.job", 64),
        ] as [(String, String, String, Int32)] {
            let ended = try await desk.keyshift(["plan", csv, "--target", target, "--job", job])
            #expect(ended.code == code, "\(ended.testDescription)")
            #expect(desk.folder.names == before)
        }
        for words in [
            ["show", "none.job"], ["apply", "none.job"], ["resume", "none.job"], ["status", "none.job"],
            ["report", "none.job", "--format", "csv"],
        ] {
            let ended = try await desk.keyshift(words)
            #expect(ended.code == 66, "\(ended.testDescription)")
            #expect(desk.folder.names == before)
        }
    }

    @Test func notAJob() async throws {
        let desk = try Desk()
        try desk.folder.write("text.job", "not a job, by any means; but long enough to look at it twice\n")
        try desk.folder.write("empty.job", "")
        for name in ["text.job", "empty.job"] {
            for command in ["show", "apply", "resume", "status", "report"] {
                let ended = try await desk.keyshift([command, name])
                #expect(ended.code == 65, "\(ended.testDescription)")
            }
        }
        #expect(desk.folder.names == ["empty.job", "text.job"])
    }
}
