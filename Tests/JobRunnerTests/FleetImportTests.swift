import FleetCSV
import TargetFiles
import AtlasAPI
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Testing

/// Goal: a fleet is loaded whole or not at all, with every problem told, and its rows reach the engine. Method: small
/// files in a folder of their own.
@Suite struct FleetImportTests {
    static let target = """
        {"keyshift":1,"name":"t","target":{"googleCloudKms":{"roleId":"${role}"}}}
        """

    static var none: KnownSecrets { KnownSecrets(nil, source: SystemSecrets(environment: [:])) }

    static func id(_ number: Int) -> String { "65000000000000000000000\(number)" }

    static func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/keyshift-import-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    static func parsed() throws -> TargetFile {
        try TargetFile.parse(target)
    }

    static func load(
        _ csv: String, in folder: String, target: String = target, separator: Unicode.Scalar = ",",
        secrets: KnownSecrets = none
    ) throws -> (Job, Result<FleetImport.Loaded, any Error>) {
        try Data(csv.utf8).write(to: URL(fileURLWithPath: folder + "/a.csv"))
        let job = try Job.create(folder + "/job\(UUID().uuidString)")
        let importer = FleetImport(
            path: folder + "/a.csv", target: try TargetFile.parse(target), separator: UInt8(ascii: separator),
            secrets: secrets)
        return (job, Result { try importer.load(into: job, origin: origin) })
    }

    static func origin(_ loaded: FleetImport.Loaded) -> JobOrigin {
        JobOrigin(
            createdAt: 1, address: "https://x", organisation: nil, csvName: "a.csv", csvDigest: loaded.digest,
            columns: loaded.columns, targetName: "t", targetText: target, targetDigest: "d")
    }

    @Test func allRowsAreLoadedAndReachTheEngine() throws {
        try Self.withFolder { folder in
            let role = Self.id(9)
            let csv = "project_id,role\n\(Self.id(1)),\(role)\n\(Self.id(2)),\n\(Self.id(3)),\(role)\n"
            let (job, result) = try Self.load(csv, in: folder)
            let loaded = try result.get()
            #expect(loaded.projects == 3 && loaded.columns == ["project_id", "role"])
            #expect(loaded.digest == Hex.digest(of: Array(csv.utf8)))
            let rows = UnreadRows(job.firstRevision, columns: loaded.columns, target: try Self.parsed())
            guard case .loadedReads(let first, false) = try rows.next(.rows(2, wave: nil)),
                case .loadedReads(let last, true) = try rows.next(.rows(2, wave: nil))
            else {
                Issue.record("not the pages")
                return
            }
            let run = try job.firstRevision.beginRun("apply", at: 1)
            #expect(first.map(\.ordinal) == [1, 2] && last.map(\.ordinal) == [3])
            #expect(first.map(\.decision.target.role) == [RoleID(role).map { .id($0) }, .missing])
            guard case .loadedWork(let work, true) = try OpenWorkRows(run).next(.rows(5, wave: nil)) else {
                Issue.record("not the last page")
                return
            }
            #expect(work.isEmpty)
        }
    }

    @Test func everyProblemIsToldAndNothingKept() throws {
        try Self.withFolder { folder in
            let csv = "project_id,role\n\(Self.id(1)),x\nbad,\n\(Self.id(1)),\n"
            let (job, result) = try Self.load(csv, in: folder)
            guard case .failure(let error) = result,
                case .problems(let problems, let target)? = error as? FleetImport.Failure
            else {
                Issue.record("no problems")
                return
            }
            #expect(problems.kept.map(\.position.line) == [2, 3, 4] && target.isEmpty)
            #expect(try job.totals().projects == 0)
            #expect(throws: JobStoreError.self) { try job.origin() }
        }
    }

    @Test func aColumnThatTheSheetLacksIsTheTargetsMistake() throws {
        try Self.withFolder { folder in
            let (_, result) = try Self.load("project_id\n\(Self.id(1))\n\(Self.id(2))\n", in: folder)
            guard case .failure(let error) = result,
                case .problems(let problems, let target)? = error as? FleetImport.Failure
            else {
                Issue.record("no problems")
                return
            }
            #expect(problems.isEmpty && target.count == 1)
        }
    }

    @Test func noFileAndNoProjects() throws {
        try Self.withFolder { folder in
            let (_, result) = try Self.load("project_id,role\n", in: folder)
            guard case .failure(FleetImport.Failure.noProjects) = result else {
                Issue.record("\(result)")
                return
            }
            let job = try Job.create(folder + "/other")
            let importer = FleetImport(
                path: folder + "/none.csv", target: try Self.parsed(), separator: UInt8(ascii: ","),
                secrets: Self.none)
            let error = #expect(throws: FleetImport.Failure.self) {
                try importer.load(into: job, origin: Self.origin)
            }
            guard case .missing? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    /// `line:column message` of every problem of a sheet.
    static func problems(
        _ csv: String, target: String = target, separator: Unicode.Scalar = ","
    ) throws -> [CSVProblem] {
        var found: [CSVProblem] = []
        try withFolder { folder in
            let (job, result) = try load(csv, in: folder, target: target, separator: separator)
            defer { try? job.close() }
            guard case .failure(FleetImport.Failure.problems(let list, target: [])) = result else { return }
            found = list.kept
        }
        return found
    }

    @Test func aUsedCellMustHoldAValue() throws {
        let values = [
            "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#BEZUG!",
            "#¡REF!", "Err:502", "#ref!", "#Name?", "#value!", "#div/0!", "#n/a", "#N/A N/A", "#NA", "#CALC!",
            "#GETTING_DATA", "#getting_data", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!",
            "#PYTHON!",
            "#EXTERNAL!", "#TIMEOUT!", "#ERROR!", "#spill!", "#bezug!", "#\u{BF}NOMBRE?", "#N/D", "#I/T",
            "#Н/Д",
            "#ССЫЛКА!", "#ÜBERLAUF!", "#PROPAGATION !", "#NOMBRE\u{A0}!", "#DIV/0 !", "err:508", "Null",
            "nULL",
            #"\N"#, "NULL", "null", " ", "\t", "\u{A0}", "\u{200B}", "  \u{3000}", " #N/A ",
            // As wide as the column that an export has them from.
            "NULL" + String(repeating: " ", count: 251), "#N/A" + String(repeating: "\u{A0}", count: 200),
            String(repeating: " ", count: 210), String(repeating: "\u{3000}", count: 101),
        ]
        for value in values {
            let flaw = CSVProblem.Kind.cell(
                CellProblem(
                    column: "role", field: "roleId", kind: .unusable(try #require(UnusableCell(value)))))
            let found = try Self.problems("project_id,other,role\n\(Self.id(1)),\(value),\(value)\n")
            // `other` is used by nothing, so it may hold anything.
            let column = 27 + value.unicodeScalars.count
            #expect(
                found == [CSVProblem(flaw, at: SourcePosition(line: 2, column: column))],
                "\(value.debugDescription) \(found)")
            #expect(found.allSatisfy { $0.message.contains("; ") })
        }
        for value in [
            "N", "NULLS", "#1", "#team!", "Errol", "E", #"\n"#, "#", "n/a", "#1!", "#!", "#?", "Err:",
            "err:x",
            "#A", "#team/x", "#TEAM", "#/", "nullable", "#Team!", "#a/b",
        ] {
            #expect(UnusableCell(value) == nil, "\(value)")
        }
    }

    @Test func guardsCellsMustHoldAValueToo() throws {
        for value in ["#N/A", "NULL", "\u{A0}"] {
            let found = try Self.problems("project_name,project_id,role\n\(value),\(Self.id(1)),\n")
            #expect(found.map(\.position) == [SourcePosition(line: 2, column: 1)], "\(value) \(found)")
            #expect(found.first?.message.contains("project_name") == true)
        }
    }

    @Test func oneProblemOfARowIsTold() throws {
        let found = try Self.problems(
            """
            project_id,project_name,wave,role
            \(Self.id(1)),NULL,first,#REF!
            nonsense,NULL,first,#REF!
            short,NULL
            \(Self.id(2)),,0,#REF!
            \(Self.id(1)),,,#REF!
            \(Self.id(1)),,,
            ,,,
            """)
        #expect(found.map(\.position.line) == [2, 3, 4, 5, 6, 7], "\(found)")
        #expect(found.map(\.position.column) == [26, 1, 1, 27, 28, 1])
    }

    private static let auto = """
        {"keyshift":1,"name":"t","target":{"googleCloudKms":{"roleId":"auto"}}}
        """

    @Test func autoReadsTheRoleColumn() throws {
        let good = "project_id,role_id\n\(Self.id(1)),\(Self.id(9))\n\(Self.id(2)),\n"
        try Self.withFolder { folder in
            let (job, result) = try Self.load(good, in: folder, target: Self.auto)
            let target = try TargetFile.parse(Self.auto)
            let rows = UnreadRows(job.firstRevision, columns: try result.get().columns, target: target)
            guard case .loadedReads(let items, _) = try rows.next(.rows(5, wave: nil)) else {
                Issue.record("not the rows")
                return
            }
            let roles = items.map(\.decision.target.role)
            #expect(roles == [RoleID(Self.id(9)).map(WantedRole.id), .auto])
            try job.close()
        }
        for (value, word) in [
            ("\(Self.id(9)) ", "U+0020"), ("\u{A0}\(Self.id(9))", "U+00A0"),
            ("\(Self.id(9))\u{200B}", "U+200B"),
            ("\"=\"\"\(Self.id(9))\"\"\"", "formula"), ("'\(Self.id(9))'", "quotes"),
            ("'\(Self.id(9))", "apostrophe"),
            ("\"\"\"\(Self.id(9))\"\"\"", "quotes"), ("\u{201C}\(Self.id(9))\u{201D}", "U+201C"),
            ("ObjectId('\(Self.id(9))')", "ObjectId"), ("objectid(\(Self.id(9)))", "ObjectId"),
            ("6.12E+23", "E+23"), (String(Self.id(9).dropLast()), "23 hex digits"),
            ("\u{FF16}\(Self.id(9).dropFirst())", "U+FF16"), ("612345678901235000000000", "nine digits"),
            ("#n/a", "spreadsheet"),
        ] {
            for target in [Self.auto, Self.target.replacing("${role}", with: "${role_id}")] {
                let found = try Self.problems("project_id,role_id\n\(Self.id(1)),\(value)\n", target: target)
                #expect(found.map(\.position) == [SourcePosition(line: 2, column: 26)], "\(value) \(found)")
                let message = found.first?.message ?? ""
                #expect(message.contains(word) && message.contains("role_id"), "\(value): \(message)")
            }
        }
        for (value, isUnusable) in [("nope", false), ("NULL", true), (" ", true), (Self.id(9) + "0", false)] {
            let found = try Self.problems("project_id,role_id\n\(Self.id(1)),\(value)\n", target: Self.auto)
            #expect(found.map(\.position) == [SourcePosition(line: 2, column: 26)], "\(value) \(found)")
            guard case .cell(let problem)? = found.first?.kind else { continue }
            #expect(problem.column == "role_id" && isUnusable == (UnusableCell(value) != nil))
        }
    }

    @Test func autoTakesNoOtherSpellingOfTheRoleColumn() throws {
        for name in [
            "Role_ID", "roleId", "role id", "role_id\u{A0}", "ROLE-ID", "role.id", "role_ids",
            "r\u{43E}le_id",
        ] {
            let csv = "project_id,\(name)\n\(Self.id(1)),\(Self.id(9))\n"
            let found = try Self.problems(csv, target: Self.auto)
            #expect(
                found == [CSVProblem(.misspelledRole(name), at: SourcePosition(line: 1, column: 12))],
                "\(found)")
            // Where it is named in full it is a variable like any other; but a target takes no space that is none.
            if name.unicodeScalars.contains("\u{A0}") { continue }
            #expect(
                try Self.problems(csv, target: Self.target.replacing("${role}", with: "${\(name)}")).isEmpty)
            // And with the right one there it is only a variable.
            let both = "project_id,\(name),role_id\n\(Self.id(1)),x,\(Self.id(9))\n"
            #expect(try Self.problems(both, target: Self.auto).isEmpty)
        }
    }

    @Test func otherSeparators() throws {
        for separator in [";", "\t"] as [Unicode.Scalar] {
            let mark = String(separator)
            let csv =
                "project_id\(mark)name\(mark)role\r\n\(Self.id(1))\(mark)\"a, b\"\(mark)\(Self.id(9))\r\n"
            try Self.withFolder { folder in
                let (job, result) = try Self.load(csv, in: folder, separator: separator)
                #expect(try result.get().columns == ["project_id", "name", "role"])
                try job.close()
            }
            let found = try Self.problems(csv)
            #expect(found == [CSVProblem(.foreign(.separators(separator)), at: .start)])
        }
        let commas = "project_id,role\n\(Self.id(1)),\n"
        #expect(
            try Self.problems(commas, separator: ";") == [CSVProblem(.foreign(.separators(",")), at: .start)])
    }
}
