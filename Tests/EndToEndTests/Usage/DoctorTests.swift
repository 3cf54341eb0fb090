import FoundationEssentials
import Testing

/// Goal: every trouble on the way to Atlas has its line, with what to do, and the exit code of its kind. Method: the
/// program against a simulator in each trouble.
@Suite(.aFewAtATime) struct DoctorTests {
    @Test(arguments: [false, true]) func allIsWell(hasAPIKey: Bool) async throws {
        let rig = try await Rig(["--projects", "7"])
        if hasAPIKey { rig.useAPIKey() }
        let ended = try await rig.keyshift(["doctor"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(ended.out.contains("ok    projects: 7 seen"))
        #expect(ended.out.contains("encryption at rest: 2000 requests, then 1000 in 60 s, for each group"))
        #expect(ended.out.contains(hasAPIKey ? "API key simulator" : "service account mdb_sa_id_"))
        #expect(ended.out.contains("ok    clock: within") && !ended.out.contains("fail"))
        // Only what it says: no PATCH, and the token it took is given back.
        let log = try rig.simulator.log()
        #expect(log.allSatisfy { $0.method == "GET" || $0.path.hasPrefix("/api/oauth/") })
        #expect(log.filter { $0.path == "/api/oauth/revoke" }.count == (hasAPIKey ? 0 : 1))
        for secret in [Desk.clientSecret, Desk.apiKey.secret] { #expect(!ended.printed.contains(secret)) }
    }

    @Test(arguments: [false, true]) func wrongSecret(hasAPIKey: Bool) async throws {
        let rig = try await Rig(["--projects", "1"], clientSecret: "mdb_sa_sk_wrong")
        if hasAPIKey { rig.useAPIKey(Desk.apiKey.id, "wrong-private-key") }
        let ended = try await rig.keyshift(["doctor"])
        #expect(ended.code == 10, "\(ended.testDescription)")
        #expect(ended.out.contains(hasAPIKey ? "fail  credentials: HTTP 401" : "fail  token: HTTP 401"))
        for secret in ["mdb_sa_sk_wrong", "wrong-private-key"] { #expect(!ended.printed.contains(secret)) }
    }

    /// Mistakes that are easily made put a secret where a name belongs.
    @Test func swappedNamesAndOddProxiesAreNotShown() async throws {
        let desk = try Desk(address: "https://127.0.0.1:1")
        for value in [
            "http://user:hunter2%40127.0.0.1:1", "http://user:hunter2", "user:hunter2:3128",
            "http://user:hunter2@127.0.0.1:1", "hunter2",
        ] {
            desk.environment["HTTPS_PROXY"] = value
            let ended = try await desk.keyshift(["doctor"])
            #expect(
                ended.code == 3 && (value == "hunter2" || !ended.printed.contains("hunter2")),
                "\(ended.testDescription)")
        }
        desk.environment["HTTPS_PROXY"] = nil
        desk.environment["MONGODB_ATLAS_CLIENT_ID"] = "pasted secret 5512"
        #expect(try await !desk.keyshift(["doctor"]).printed.contains("5512"))
        desk.environment["MONGODB_ATLAS_CLIENT_ID"] = "mdb_sa_sk_5512"
        let swapped = try await desk.keyshift(["doctor"])
        #expect(swapped.code == 78 && swapped.err.contains("swapped") && !swapped.printed.contains("5512"))
        desk.useAPIKey("5512aaaa-0000-4000-8000-000000000000", "public")
        let key = try await desk.keyshift(["inventory"])
        #expect(key.code == 78 && key.err.contains("swapped") && !key.printed.contains("5512"))
    }

    @Test func aFileWithoutRootsIsToBlameItself() async throws {
        let desk = try Desk(address: "https://127.0.0.1:1")
        try desk.folder.write("bad.pem", "garbage\n")
        try desk.folder.write("empty.pem", "")
        try FileManager.default.createDirectory(
            atPath: desk.folder.file("folder"), withIntermediateDirectories: false)
        for name in ["bad.pem", "empty.pem", "none.pem", "folder"] {
            let ended = try await desk.keyshift(["doctor", "--ca-file", name])
            #expect(
                ended.code == 78 && ended.err.contains("\(name): the CA file"), "\(ended.testDescription)")
        }
    }

    @Test func nobodyListens() async throws {
        let ended = try await Desk().keyshift(["doctor"])
        #expect(ended.code == 3 && ended.out.contains("fail  connection:"), "\(ended.testDescription)")
    }

    @Test func accessList() async throws {
        let rig = try await Rig.scripted(["orgs": ["GET": ["403"]]])
        let ended = try await rig.keyshift(["doctor"])
        #expect(
            ended.code == 10 && ended.out.contains("fail  access list: HTTP 403"), "\(ended.testDescription)")
    }

    @Test func anotherOrganisation() async throws {
        let rig = try await Rig(["--projects", "1"])
        rig.environment["MONGODB_ATLAS_ORG_ID"] = "5f5f5f5f5f5f5f5f5f5f5f5f"
        let ended = try await rig.keyshift(["doctor"])
        #expect(ended.code == 10 && ended.out.contains("fail  organisation:"), "\(ended.testDescription)")
    }

    @Test func theEndOfTheVersionIsToldOnce() async throws {
        let rig = try await Rig(["--projects", "5", "--sunset", "Thu, 01 Jul 2027 00:00:00 GMT"])
        let ended = try await rig.keyshift(["doctor"])
        #expect(ended.code == 0 && ended.out.contains("warn  API version:"), "\(ended.testDescription)")
        let planned = try await rig.plan()
        #expect(planned.err.components(separatedBy: "Sunset: Thu, 01 Jul 2027").count == 2)
    }
}
