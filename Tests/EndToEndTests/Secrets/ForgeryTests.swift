import Foundation
import GRDB
import Testing

/// Goal: no text from outside makes a line that looks like ours, or does anything to a terminal. Method: one text that
/// tries both, in every place where a text can come from, and every command; all that is printed is searched.
@Suite(.aFewAtATime) struct ForgeryTests {
    /// The line that must never be one.
    static let line = "error: all is well"
    static let payload =
        "\n\(line)\r\n\(line)\u{85}\(line)\u{2028}\(line)\n\(line)\u{1b}[2K\u{1b}[1A\u{9b}2K\u{202e}\u{200b}\u{e0041}\t\n"

    /// A string of YAML, all of its scalars escaped.
    static let escaped =
        "\"word"
        + payload.unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }.joined() + "\""

    /// Searches what was printed; `isShown`: the text must be there, made harmless.
    static func check(_ ended: Ended, isShown: Bool = true, location: SourceLocation = #_sourceLocation) {
        let isControl = { (scalar: Unicode.Scalar) in
            switch scalar.properties.generalCategory {
            case .control: scalar != "\n"
            case .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
        let printed = ended.printed
        #expect(
            !printed.unicodeScalars.contains(where: isControl), "\(ended.testDescription)",
            sourceLocation: location)
        let lines = printed.split(whereSeparator: \.isNewline)
        #expect(!lines.contains { $0.hasPrefix(line) }, "\(ended.testDescription)", sourceLocation: location)
        if isShown {
            #expect(printed.contains(line), "\(ended.testDescription)", sourceLocation: location)
        }
    }

    // MARK: - What a person or a script types

    private static let arguments: [[String]] = [
        ["X"], ["--X"], ["-X"], ["help", "X"], ["help", "plan", "X"], ["apply", "f.job", "X"],
        ["apply", "f.job", "--rate", "X"], ["apply", "f.job", "--concurrency=X"],
        ["apply", "f.job", "--waves", "X"],
        ["retry", "f.job", "--only", "X"], ["status", "f.job", "--format", "X"],
        ["inventory", "--provider", "X"],
        ["inventory", "--org", "X"], ["inventory", "--tag", "X"], ["roles", "f.csv", "--provider", "X"],
        ["status", "X"], ["show", "X"], ["report", "X"], ["apply", "X"], ["resume", "X"], ["verify", "X"],
        ["retry", "X"], ["undo", "X", "--job", "b.job"], ["undo", "f.job", "--job", "X/b.job"],
        ["plan", "X", "--target", "target.yaml", "--job", "f.job", "--offline"],
        ["plan", "fleet.csv", "--target", "X", "--job", "f.job", "--offline"],
        ["plan", "fleet.csv", "--target", "target.yaml", "--job", "X/f.job", "--offline"],
        ["doctor", "--ca-file", "X"], ["doctor", "--credentials", "X"], ["inventory", "-o", "X/f.csv"],
        ["roles", "X", "--provider", "googleCloudKms"],
        ["roles", "fleet.csv", "--provider", "googleCloudKms", "--grants", "X/g.sh"],
        ["apply", "f.job", "--events", "X/e.ndjson", "--yes"],
    ]

    @Test(arguments: arguments) func typed(_ words: [String]) async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        try desk.folder.write("f.job", "no job")
        let ended = try await desk.keyshift(
            words.map { $0.replacingOccurrences(of: "X", with: "x\(Self.payload)x") })
        #expect(ended.code != 0, "\(ended.testDescription)")
        // Of the events' place nothing is said where the job is none.
        Self.check(ended, isShown: !words.contains("f.job") || ended.code == 64)
    }

    @Test func environment() async throws {
        let desk = try Desk()
        for name in [
            "MONGODB_ATLAS_BASE_URL", "MONGODB_ATLAS_ORG_ID", "MONGODB_ATLAS_CLIENT_ID", "HTTPS_PROXY",
            "TMPDIR",
        ] {
            let before = desk.environment[name]
            for value in [Self.payload, "https://x\(Self.payload)", "mdb_sa_id_\(Self.payload)"] {
                desk.environment[name] = value
                Self.check(try await desk.keyshift(["doctor"]), isShown: false)
                Self.check(
                    try await desk.keyshift(["roles", "f.csv", "--provider", "awsKms"]), isShown: false)
            }
            desk.environment[name] = before
        }
    }

    // MARK: - Files

    @Test func sheetsAndTargets() async throws {
        let desk = try Desk()
        let cell = "\"\(Self.payload)\""
        let id = "6790e57a9b41416f5c216fee"
        let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "f.job", "--offline"]
        try desk.folder.write("target.yaml", Target.googleRole)
        for sheet in [
            "project_id,\(cell),\(cell)\n\(id),,\n", "\(cell)\n\(id)\n", "project_id\n\(cell)\n",
            "project_id,wave\n\(id),\(cell)\n", "project_id,project_name\n\(id),\(cell)\n\(id),\(cell)\n",
            "project_id,\(cell)\n\(id)\n", "project_id,role_id\n\(id),\(cell)\n",
            "project_id\n\(id)\(Self.payload)",
        ] {
            try desk.folder.write("fleet.csv", sheet)
            Self.check(try await desk.keyshift(plan), isShown: false)
        }
        try desk.folder.write("fleet.csv", "project_id\n\(id)\n")
        let text = Self.escaped
        for target in [
            "{\"keyshift\":1,\"name\":\(text),\"target\":{}}", "{\"keyshift\":1,\(text):1}",
            "{\"keyshift\":\(text)}",
            "{\"keyshift\":1,\"name\":\"x\",\"target\":{\"awsKms\":{\"region\":\(text)}}}",
            "{\"keyshift\":1,\"name\":\"x\",\"target\":{\"awsKms\":{\(text):1}}}",
            "{\"keyshift\":1,\"name\":\"x\",\"target\":{\"awsKms\":{\"roleId\":\(text)}}}",
            "{\"keyshift\":1,\"name\":\"x\",\"target\":{\"enabledForSearchNodes\":true},\"where\":{\"provider\":\(text)}}",
            "{\"keyshift\":1,\"name\":\"x\",\"target\":{\"enabledForSearchNodes\":true},\"settings\":{\"rate\":\(text)}}",
            "name: \"\(Self.payload)", "&\(Self.payload) x: *y",
        ] {
            try desk.folder.write("target.yaml", target)
            Self.check(try await desk.keyshift(plan), isShown: false)
        }
        for mode in [0o600, 0o644] {
            try desk.folder.write("k\(Self.payload).env", "A\(Self.payload)=\(Self.payload)\n", mode: mode)
            let ended = try await desk.keyshift(["doctor", "--credentials", "k\(Self.payload).env"])
            Self.check(ended)
            #expect(ended.code == 78, "\(ended.testDescription)")
        }
    }
}
