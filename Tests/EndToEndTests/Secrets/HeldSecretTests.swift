import Foundation
import Testing

/// Goal: a secret in a sheet or in a target's texts is refused before a job keeps it, at its place and without being
/// shown. Method: each secret that a run has, in each place that a job would keep; nothing is left, and no server is
/// asked.
@Suite(.aFewAtATime) struct HeldSecretTests {
    private static let one = "6790e57a9b41416f5c216fee"
    private static let two = "6790e57a9b41416f5c216fef"
    private static let clientSecret = "mdb_sa_sk_CANARY-7f3a9c-44ab"
    private static let privateKey = "0c2f1f6e-CANARY-4d1a-9c61"
    private static let cloudKey = "wJalrXUtnFEMI/K7CANARY+bPxRfiCYz"
    /// By project; no twelve bytes of one are in the other.
    private static let fileKeys = [one: "a91c0-CANARY-5d7e2", two: "Zq3Lm-CANARY-x8Vw4"]
    private static let password = "proxy-CANARY-5521"
    private static let plainTarget = Target.googleRole
    private static let keyTarget = """
        keyshift: 1
        name: rotation
        target: {awsKms: {accessKeyID: AKIAIOSFODNN7EXAMPLE, secretAccessKey: '${env:THE_KEY}'}}

        """
    private static let fileTarget = """
        keyshift: 1
        name: rotation
        target: {azureKeyVault: {secret: '${file:keys/${project_id}}'}}

        """

    /// A job keeps the sheet's path, so it is searched like any text.
    @Test func inThePathOfTheSheet() async throws {
        let desk = try desk()
        try desk.folder.write("target.yaml", Self.plainTarget)
        for folder in [Self.clientSecret, "x" + Data(Self.clientSecret.utf8).base64EncodedString()] {
            try FileManager.default.createDirectory(
                atPath: desk.folder.file(folder), withIntermediateDirectories: true)
            try desk.folder.write("\(folder)/fleet.csv", "project_id\n\(Self.one)\n")
            let ended = try await desk.keyshift(
                ["plan", "\(folder)/fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--offline"])
            #expect(ended.code == 65 && ended.err.contains("path of the sheet"), "\(ended.testDescription)")
            #expect(
                !ended.printed.contains("CANARY") && !desk.folder.has("fleet.job"), "\(ended.testDescription)"
            )
        }
    }

    private func desk(usesKey: Bool = false) throws -> Desk {
        let desk = try Desk(clientSecret: Self.clientSecret)
        if usesKey { desk.useAPIKey("public", Self.privateKey) }
        desk.environment["THE_KEY"] = Self.cloudKey
        desk.environment["https_proxy"] = "http://me:\(Self.password)@127.0.0.1:1"
        try FileManager.default.createDirectory(
            atPath: desk.folder.file("keys"), withIntermediateDirectories: true)
        for (id, key) in Self.fileKeys { try desk.folder.write("keys/\(id)", "\(key)\n") }
        return desk
    }

    /// Plans, and looks that nothing came of it and nothing of a secret was told.
    private func refuse(
        _ desk: Desk, _ sheet: String, _ target: String, at places: String...,
        and words: [String] = ["--offline"],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        try desk.folder.write("fleet.csv", sheet)
        try desk.folder.write("target.yaml", target)
        let before = desk.folder.names
        let ended = try await desk.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + words)
        #expect(ended.code == 65, "\(ended.testDescription)", sourceLocation: location)
        for place in places {
            #expect(
                ended.err.contains(place + ":"), "\(place) \(ended.testDescription)", sourceLocation: location
            )
        }
        #expect(ended.err.contains("${env:NAME}"), "\(ended.testDescription)", sourceLocation: location)
        #expect(!ended.printed.contains("CANARY"), "\(ended.testDescription)", sourceLocation: location)
        #expect(desk.folder.names == before, "\(desk.folder.names)", sourceLocation: location)
    }

    @Test func everySecretInACell() async throws {
        let cells: [(secret: String, target: String, usesKey: Bool)] = [
            (Self.clientSecret, Self.plainTarget, false), (Self.privateKey, Self.plainTarget, true),
            (Self.cloudKey, Self.keyTarget, false), (Self.password, Self.plainTarget, false),
            (try #require(Self.fileKeys[Self.one]), Self.fileTarget, false),
        ]
        for (secret, target, usesKey) in cells {
            let desk = try desk(usesKey: usesKey)
            for text in [
                secret, "see \(secret), please", secret.uppercased(), Data(secret.utf8).base64EncodedString(),
                "\"\(secret.prefix(9))\n\(secret.dropFirst(9))\"",
            ] {
                let sheet =
                    "project_id,note\n\(Self.one),\(text.contains(",") ? "\"\(text)\"" : text)\n\(Self.two),b\n"
                try await refuse(desk, sheet, target, at: "fleet.csv:2:26")
                try await refuse(desk, sheet, target, at: "fleet.csv:2:26", and: [])
            }
        }
    }

    /// The name, an id, a wave, a header, and rows that are wrong in another way too, whose message quotes them.
    @Test func everyPlaceOfASheet() async throws {
        let desk = try desk()
        let secret = Self.clientSecret
        for (sheet, place) in [
            ("project_id,project_name\n\(Self.one),\(secret)\n", "2:26"), ("project_id\n\(secret)\n", "2:1"),
            ("project_id,wave\n\(Self.one),\(secret)\n", "2:26"), ("project_id,wave\n\(secret),0\n", "2:1"),
            ("project_id,\(secret)\n\(Self.one),b\n", "1:12"),
            ("project_id,a\n\(Self.one),=\(secret)\n", "2:26"),
            ("project_id,a\n\(Self.one),\"'=\(secret)\"\n", "2:26"),
            ("project_id,\(secret),\(secret)\n\(Self.one),b,c\n", "1:"),
        ] { try await refuse(desk, sheet, Self.plainTarget, at: "fleet.csv:\(place)".trimmed) }
        let many = "project_id,a\n\(Self.one),\(secret)\n\(Self.two),\(secret)\n"
        try await refuse(desk, many, Self.plainTarget, at: "fleet.csv:2:26", "fleet.csv:3:26")
    }

    /// The secret that a later row names, in a row before it.
    @Test func theSecretOfAnotherProject() async throws {
        let desk = try desk()
        let key = try #require(Self.fileKeys[Self.two])
        try await refuse(
            desk, "project_id,a,b\n\(Self.one),c,\(key)\n\(Self.two),d,e\n", Self.fileTarget,
            at: "fleet.csv:2:1")
        try await refuse(
            desk, "project_id,a,b\n\(Self.two),c,d\n\(Self.one),e,\(key)\n", Self.fileTarget,
            at: "fleet.csv:3:28")
    }

    @Test func everyTextOfATarget() async throws {
        let desk = try desk()
        let sheet = "project_id\n\(Self.one)\n"
        let head = "keyshift: 1\nname: x\n"
        for (target, place) in [
            ("keyshift: 1\nname: the \(Self.clientSecret)\ntarget: {enabledForSearchNodes: true}\n", "2:7"),
            (head + "description: 'key \(Self.cloudKey)'\n" + Self.keyTarget.suffix(from: "target"), "3:14"),
            (head + "target: {azureKeyVault: {resourceGroupName: '\(Self.clientSecret)'}}\n", "3:45"),
            (
                head
                    + "target: {awsKms: {accessKeyID: '\(Self.cloudKey)', secretAccessKey: '${env:THE_KEY}'}}\n",
                "3:32"
            ),
            (head + "target: {azureKeyVault: {secret: '${file:keys/\(Self.clientSecret)}'}}\n", "3:"),
            (
                "{\"keyshift\":1,\"name\":\"\(Self.clientSecret)\",\"target\":{\"enabledForSearchNodes\":true}}",
                "1:22"
            ),
            (head + "\(Self.clientSecret): 1\ntarget: {enabledForSearchNodes: true}\n", "3:1"),
        ] { try await refuse(desk, sheet, target, at: "target.yaml:\(place)".trimmed) }
    }

    /// Keys that this run knows nothing of, in the forms that they come in.
    @Test func whatIsPlainlyAKey() async throws {
        let desk = try desk()
        let pem =
            "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BCANARY\\n-----END PRIVATE KEY-----\\n"
        let json =
            "{\"type\": \"service_account\", \"private_key_id\": \"0f1e2d3c4b\", \"private_key\": \"\(pem)\"}"
        for text in [
            json, pem, pem.replacing("\\n", with: "\n"), pem.replacing("PRIVATE", with: "RSA PRIVATE"),
            Data(json.utf8).base64EncodedString(), json.replacing("\"", with: "\\\""),
            "{'private_key' : 'MIIEvQIBADANBgkqhkiG9w0BCANARY'}", "mdb_sa_sk_CANARY0123456789abcdefgh",
        ] {
            let cell = "\"\(text.replacing("\"", with: "\"\""))\""
            try await refuse(
                desk, "project_id,a\n\(Self.one),\(cell)\n", Self.plainTarget, at: "fleet.csv:2:26")
        }
        try await refuse(
            desk, "project_id\n\(Self.one)\n",
            "keyshift: 1\nname: x\ndescription: |\n  \(pem)\n"
                + "target: {enabledForSearchNodes: true}\n", at: "target.yaml:3:14")
    }

    /// `roles --create` keeps the sheet too, and `roles` alone writes it out again.
    @Test func roles() async throws {
        let desk = try desk()
        try desk.folder.write("fleet.csv", "project_id,a\n\(Self.one),\(Self.clientSecret)\n")
        let before = desk.folder.names
        for more in [["--create", "--yes", "--job", "roles.job"], ["-o", "out.csv"], []] {
            let ended = try await desk.keyshift(
                ["roles", "fleet.csv", "--provider", "googleCloudKms"] + more)
            #expect(ended.code == 65 && ended.err.contains("fleet.csv:2:26: "), "\(ended.testDescription)")
            #expect(!ended.printed.contains("CANARY"), "\(ended.testDescription)")
            #expect(desk.folder.names == before)
        }
    }

    /// Short secrets, parts, names and ids of what is secret, and words about secrets.
    @Test func whatIsNoSecret() async throws {
        let desk = try desk()
        desk.environment["THE_KEY"] = "prod-eu"
        try desk.folder.write(
            "fleet.csv",
            "project_id,project_name,a,b\n\(Self.one),prod-eu,mdb_sa_sk_,private_key\n"
                + "\(Self.two),the client secret,\"{\"\"private_key\"\": \"\"no\"\"}\",BEGIN PRIVATE KEY\n")
        try desk.folder.write("target.yaml", Self.keyTarget.replacing("rotation", with: "prod-eu"))
        let ended = try await desk.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--offline"])
        #expect(ended.code == 0, "\(ended.testDescription)")
    }

    /// A secret that is nowhere to be read can't be held, and stops no plan.
    @Test func secretsThatAreNotThere() async throws {
        let desk = try desk()
        desk.environment["THE_KEY"] = nil
        try desk.folder.write("fleet.csv", "project_id,a\n\(Self.one),\(Self.cloudKey)\n")
        try desk.folder.write("target.yaml", Self.keyTarget)
        let ended = try await desk.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--offline"])
        #expect(ended.code == 0, "\(ended.testDescription)")
    }
}

extension String {
    /// Without the last colon, where a place names a line only.
    fileprivate var trimmed: String { hasSuffix(":") ? String(dropLast()) : self }

    fileprivate func suffix(from word: String) -> String {
        firstRange(of: word).map { String(self[$0.lowerBound...]) } ?? self
    }
}
