import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: a row's cells become a project's target, or a complaint that names the column. Method: one target file
/// per rule, rows as dictionaries.
@Suite struct TargetResolveTests {
    static func resolve(_ lines: String, _ row: [String: String]) throws -> TargetResolution {
        let text = "keyshift: 1\nname: x\ntarget:\n" + lines
        return try TargetFile.parse(text).target.resolve { row[$0] }
    }

    static let id = "0123456789ABCDEF01234567"

    /// A cell that was written as a guarded text stands for that text.
    @Test(arguments: ["null", "#N/A", #"\N"#, " ", "'null", "''null", "Err:502", "nullify", "it's"])
    func aGuardedWordIsAText(name: String) throws {
        let lines = "  azureKeyVault:\n    keyVaultName: ${kv}\n"
        guard case .resolved(let target) = try Self.resolve(lines, ["kv": WordGuard.added(to: name)]) else {
            Issue.record("\(name.debugDescription) is refused")
            return
        }
        #expect(target.values["keyVaultName"] == .text(name))
    }

    @Test func roles() throws {
        let lines = "  googleCloudKms:\n    roleId: ${role}\n"
        var expected = ResolvedTarget(provider: .googleCloudKms)
        expected.role = RoleID(Self.id).map(WantedRole.id)
        #expect(try Self.resolve(lines, ["role": Self.id]) == .resolved(expected))
        expected.role = .missing
        #expect(try Self.resolve(lines, ["role": ""]) == .resolved(expected))
        let bad = CellProblem(
            column: "role", field: "roleId", kind: .badValue(expected: "an id of 24 hex digits"))
        for value in ["auto", "xyz"] {
            #expect(try Self.resolve(lines, ["role": value]) == .refused([bad]))
        }
        let flaws: [(String, IDFlaw)] = [
            (Self.id + "0", .count(25)), (Self.id + " ", .blank(" ")), ("=\"\(Self.id)\"", .formula),
            ("ObjectId(\(Self.id))", .notation), ("'\(Self.id)'", .quote("'")),
            ("\u{FF10}\(Self.id.dropFirst())", .odd("\u{FF10}")),
        ]
        for (value, flaw) in flaws {
            let problem = CellProblem(column: "role", field: "roleId", kind: .badID(flaw))
            #expect(try Self.resolve(lines, ["role": value]) == .refused([problem]))
        }
        for value in [" ", "NULL", "#N/A"] {
            let flaw = CellProblem.Kind.unusable(try #require(UnusableCell(value)))
            let problem = CellProblem(column: "role", field: "roleId", kind: flaw)
            #expect(try Self.resolve(lines, ["role": value]) == .refused([problem]))
        }
        expected.role = .auto
        #expect(try Self.resolve("  googleCloudKms:\n    roleId: auto\n", [:]) == .resolved(expected))
    }

    @Test func valuesAndEveryProblemOfARow() throws {
        let lines = """
              awsKms:
                customerMasterKeyID: ${key}-${n}
                region: ${region}
                requirePrivateNetworking: ${private}
              enabledForSearchNodes: ${nodes}
            """
        let row = ["key": "k", "n": "1", "region": "EU_WEST_1", "private": "true", "nodes": "false"]
        var expected = ResolvedTarget(provider: .awsKms, searchNodes: false)
        expected.values = [
            "customerMasterKeyID": .text("k-1"), "region": .text("EU_WEST_1"),
            "requirePrivateNetworking": .bool(true),
        ]
        #expect(try Self.resolve(lines, row) == .resolved(expected))
        guard
            case .refused(let problems) = try Self.resolve(
                lines, ["key": "", "n": "", "region": "x", "nodes": "yes"])
        else {
            Issue.record("resolved")
            return
        }
        #expect(problems.map(\.column) == ["nodes", "key", "n", "region", "private"])
        #expect(problems[1].kind == .empty && problems[4].kind == .noSuchColumn)
        #expect(problems[0].kind == .badValue(expected: "true or false"))
        #expect(Set(problems.map(\.message)).count == 5)
    }

    @Test func secretPaths() throws {
        let lines = "  googleCloudKms:\n    serviceAccountKey: ${file:keys/${c}.json}\n"
        var expected = ResolvedTarget(provider: .googleCloudKms)
        expected.secrets = ["serviceAccountKey": .file(path: "keys/a b.c.json")]
        #expect(try Self.resolve(lines, ["c": "a b.c"]) == .resolved(expected))
        for value in ["..", "../x", "a/b", "/etc/passwd", "a..b", "."] {
            let problem = CellProblem(column: "c", field: "serviceAccountKey", kind: .pathPart)
            #expect(try Self.resolve(lines, ["c": value]) == .refused([problem]))
        }
        let empty = CellProblem(column: "c", field: "serviceAccountKey", kind: .empty)
        #expect(try Self.resolve(lines, ["c": ""]) == .refused([empty]))
        expected.secrets = ["serviceAccountKey": .environment("A")]
        #expect(
            try Self.resolve("  googleCloudKms:\n    serviceAccountKey: ${env:A}\n", [:])
                == .resolved(expected))
    }
}
