import Testing

/// Goal: inputs as spreadsheets, editors and Windows write them, end to end. Method: the program, and what it says, at
/// files of a few lines.
@Suite(.aFewAtATime) struct InputTests {
    private static let one = "6790e57a9b41416f5c216fee"
    private static let offline = [
        "plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--offline",
    ]

    @Test(arguments: [(";", ";"), ("\t", "tab"), (",", ",")]) func delimiters(mark: String, word: String)
        async throws
    {
        let rig = try await Rig(["--projects", "4"])
        let commas = try rig.folder.text("fleet.csv")
        try rig.folder.write(
            "fleet.csv", "\u{FEFF}" + commas.replacing(",", with: mark).replacing("\n", with: "\r\n"))
        if mark != "," {
            let refused = try await rig.keyshift(Self.offline)
            #expect(refused.code == 65 && refused.err.contains("--delimiter"), "\(refused.testDescription)")
        }
        let flag = ["--delimiter", word]
        try await rig.plan(flag)
        // Again with the same input it is the same job.
        try await rig.plan(flag)
        let roles = try await rig.keyshift(
            ["roles", "fleet.csv", "--provider", "googleCloudKms", "-o", "with.csv"] + flag)
        #expect([0, 3].contains(roles.code), "\(roles.testDescription)")
        #expect(try Sheet(rig.folder.text("with.csv")).header == Sheet(commas).header)
        try await rig.apply()
        #expect(try rig.results().map { $0["project_id"] } == Sheet(commas).rows.map { $0["project_id"] })
    }

    @Test func otherDelimitersAreUsage() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n\(Self.one)\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        for word in ["|", "semicolon", "", ";;", "\\t"] {
            let ended = try await desk.keyshift(Self.offline + ["--delimiter", word])
            #expect(ended.code == 64, "\(ended.testDescription)")
        }
        #expect(desk.folder.names == ["fleet.csv", "target.yaml"])
    }

    /// The sheet's `role_id` decides among several roles that would do, and a role of another project is refused.
    @Test func autoTakesTheSheetsChoice() async throws {
        let rig = try await Rig(["--projects", "6", "--scenario", "google-static"])
        let sheet = try Sheet(rig.folder.text("fleet.csv"))
        let ids = sheet.rows.compactMap { $0["project_id"] }
        let roles = sheet.rows.compactMap { $0["role_id"] }
        #expect(ids.count == 6 && roles.allSatisfy { $0.count == 24 })
        let lines = zip(ids, [roles[0], "", roles[3], roles[3], roles[4], ""]).map { "\($0),\($1)\n" }
        try rig.folder.write("fleet.csv", "project_id,role_id\n" + lines.joined())
        let planned = try await rig.plan()
        #expect(planned.out.contains("role_not_in_project"), "\(planned.testDescription)")
        let shown = try await rig.keyshift(["show", "fleet.job", "--project", ids[0]])
        #expect(shown.out.contains("(not set) → \"\(roles[0])\""), "\(shown.testDescription)")
        try await rig.apply(expecting: 3)
        let results = try rig.results()
        #expect(
            results.map { $0["result"] } == [
                "changed", "changed", "blocked", "changed", "changed", "changed",
            ])
        #expect(results[2]["reason"] == "role_not_in_project")
    }

    /// Each as Windows, a shell or a habit writes it; `~` stands for the values.
    private static let good = [
        "A=~\r\nB=~\r\n", "\u{FEFF}A=~\nB=~\n", "\u{FEFF}A=~\r\n\r\nB=~", "export A=~\nexport B=~\n",
        "A = ~\nB\t=\t~  \n",
        "# made by hand\r\n\r\n  # more\r\nA=~\r\nB=~\r\n", "A=~\rB=~\r", "export  A = ~\r\nexport\tB=~",
    ]
    private static let bad: [(String, Int)] = [
        ("A=\"~\"\nB=~\n", 1), ("A=~\r\nB='~'\r\n", 2), ("A=~ # the app\nB=~\n", 1), ("A=~\nB=\u{A0}~\n", 2),
        ("A=~\n\nB=~\u{200B}\n", 3), ("A=~\nB=\n", 2), ("A=~\nC=~\n", 2), ("A=~\nA=~\n", 2), ("A=~\nB\n", 2),
        ("A=\u{201C}~\u{201D}\n", 1), ("set A=~\nB=~\n", 1),
    ]

    private static func text(_ pattern: String) -> String {
        var text = ""
        for character in pattern.unicodeScalars {
            switch character {
            case "A": text += "MONGODB_ATLAS_CLIENT_ID"
            case "B": text += "MONGODB_ATLAS_CLIENT_SECRET"
            case "C": text += "MONGODB_ATLAS_CLIENT_SECRETS"
            case "~": text += "CANARY"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    @Test func credentialsFilesFromWindows() async throws {
        let desk = try Desk()
        desk.environment = [:]
        try desk.folder.write("fleet.csv", "project_id\n\(Self.one)\n")
        try desk.folder.write("target.yaml", Target.searchNodes)
        for pattern in Self.good {
            try desk.folder.write("atlas.env", Self.text(pattern))
            let ended = try await desk.keyshift(Self.offline + ["--credentials", "atlas.env"])
            #expect(ended.code == 0, "\(pattern.debugDescription) \(ended.testDescription)")
        }
        for (pattern, line) in Self.bad {
            try desk.folder.write("atlas.env", Self.text(pattern))
            let ended = try await desk.keyshift(Self.offline + ["--credentials", "atlas.env"])
            #expect(ended.code == 78, "\(pattern.debugDescription) \(ended.testDescription)")
            #expect(ended.err.contains("atlas.env:\(line): "), "\(ended.testDescription)")
            #expect(!ended.printed.contains("CANARY"), "\(ended.testDescription)")
        }
    }

    @Test func credentialsFilesThatGiveNothing() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n\(Self.one)\n")
        try desk.folder.write("target.yaml", Target.searchNodes)
        let utf16: [UInt8] =
            [0xFF, 0xFE] + Array("MONGODB_ATLAS_CLIENT_ID=a".utf8).flatMap { [$0, 0] as [UInt8] }
        for bytes in [[UInt8](), Array("# nothing\r\n\r\n".utf8), Array("\u{FEFF}".utf8), utf16] {
            try desk.folder.write("atlas.env", bytes)
            let ended = try await desk.keyshift(Self.offline + ["--credentials", "atlas.env"])
            #expect(ended.code == 78 && ended.err.contains("atlas.env: "), "\(ended.testDescription)")
        }
    }

    /// What the file does not set comes from the environment: the address, or a credential's other half.
    @Test func theEnvironmentFillsInForTheFile() async throws {
        let rig = try await Rig(["--projects", "3"])
        try rig.folder.write(
            "atlas.env",
            "MONGODB_ATLAS_CLIENT_ID=\(Desk.clientID)\r\nMONGODB_ATLAS_CLIENT_SECRET=\(Desk.clientSecret)\r\n"
        )
        rig.environment["MONGODB_ATLAS_CLIENT_SECRET"] = "mdb_sa_sk_wrong"
        try await rig.plan(["--credentials", "atlas.env"])
        rig.environment["MONGODB_ATLAS_ORG_ID"] = "not an id"
        let ended = try await rig.keyshift(Self.offline + ["--credentials", "atlas.env"])
        #expect(ended.code == 78 && ended.err.contains("MONGODB_ATLAS_ORG_ID"), "\(ended.testDescription)")
    }
}
