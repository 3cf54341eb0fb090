import Testing

/// Every kind of bad target file gives 65 and `file:line:column: message`, all errors in one run, and leaves nothing
/// behind; each case is planned where no server listens.
@Suite(.aFewAtATime) struct BadTargetTests {
    private static let head = "keyshift: 1\nname: x\n"
    private static let cases: [(name: String, text: String, places: [String])] = [
        ("not YAML", head + "target: {googleCloudKms: {roleId: auto}\n", []),
        ("no version", "name: x\ntarget: {enabledForSearchNodes: true}\n", ["1:1"]),
        ("a newer version", "keyshift: 2\nname: x\ntarget: {enabledForSearchNodes: true}\n", ["1:11"]),
        ("no target", head, ["1:1"]),
        ("an unknown key", head + "targt: {}\ntarget: {enabledForSearchNodes: true}\n", ["3:1"]),
        ("an unknown field", head + "target:\n  googleCloudKms:\n    roleID: auto\n", ["5:5"]),
        ("a wrong type", head + "target:\n  enabledForSearchNodes: yes\n", ["4:26"]),
        ("a bad enum value", head + "target:\n  awsKms:\n    region: US_EST_1\n", ["5:13"]),
        ("an unknown column", head + "target:\n  googleCloudKms:\n    roleId: ${role}\n", ["5:13"]),
        (
            "a role and a secret",
            head + "target:\n  googleCloudKms:\n    roleId: auto\n    serviceAccountKey: ${env:KEY}\n",
            ["6:5"]
        ),
        (
            "a role and a key version",
            head + "target:\n  googleCloudKms:\n    roleId: auto\n    keyVersionResourceID: ${project_id}\n",
            ["6:5"]
        ),
        (
            "two providers",
            head + "target:\n  googleCloudKms:\n    roleId: auto\n  awsKms:\n    roleId: auto\n", ["6:3"]
        ),
        ("a secret in clear", head + "target:\n  azureKeyVault:\n    secret: CANARY\n", ["5:13"]),
        (
            "off", head + "target:\n  googleCloudKms:\n    enabled: false\n    roleId: auto\n", ["5:14"]
        ),
        (
            "a read-only field", head + "target:\n  googleCloudKms:\n    valid: true\n    roleId: auto\n",
            ["5:5"]
        ),
        (
            "settings that are none",
            head
                + "target: {enabledForSearchNodes: true}\nsettings:\n  waves: 1,2\n  max-failures: 500%\n  speed: 1\n",
            ["5:10", "6:17", "7:3"]
        ),
        (
            "a bad setting", head + "target: {enabledForSearchNodes: true}\nsettings:\n  rate: fast\n",
            ["5:9"]
        ),
        (
            "a bad filter", head + "target: {enabledForSearchNodes: true}\nwhere:\n  auth: none\n", ["5:9"]
        ),
    ]

    @Test(arguments: cases.indices) func refused(index: Int) async throws {
        let one = Self.cases[index]
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", one.text)
        let ended = try await desk.keyshift([
            "plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job",
        ])
        #expect(ended.code == 65, "\(one.name) \(ended.testDescription)")
        for place in one.places {
            #expect(ended.err.contains("target.yaml:\(place): "), "\(one.name) \(ended.testDescription)")
        }
        let lines = ended.err.split(separator: "\n").filter { $0.contains("target.yaml:") }
        #expect(lines.count == max(1, one.places.count), "\(one.name) \(ended.testDescription)")
        #expect(!ended.printed.contains("CANARY"), "\(ended.testDescription)")
        #expect(desk.folder.names == ["fleet.csv", "target.yaml"])
    }

    @Test func sheetAndTargetInOneRun() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id,name\nnonsense,x\n")
        try desk.folder.write(
            "target.yaml", Self.head + "target:\n  googleCloudKms:\n    roleId: ${role_id}\n")
        let ended = try await desk.keyshift([
            "plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job",
        ])
        #expect(ended.code == 65)
        #expect(ended.err.contains("fleet.csv:2:1: ") && ended.err.contains("target.yaml:5:13: "))
    }

    @Test func json() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        let words = ["plan", "fleet.csv", "--target", "target.json", "--job", "fleet.job", "--offline"]
        try desk.folder.write(
            "target.json", "{\"keyshift\": 1, \"name\": \"x\",\n \"target\": {\"oops\": 1}}")
        let bad = try await desk.keyshift(words)
        #expect(bad.code == 65 && bad.err.contains("target.json:2:13: "), "\(bad.testDescription)")
        try desk.folder.write(
            "target.json", #"{"keyshift": 1, "name": "x", "target": {"enabledForSearchNodes": true}}"#)
        let good = try await desk.keyshift(words)
        #expect(good.code == 0, "\(good.testDescription)")
    }
}
