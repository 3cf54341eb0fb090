import AtlasAPI
import MigrationCore
import Reporting
import Testing

/// Goal: the sheet keeps its columns, and the grants are what gcloud takes, whatever names hold. Method: by example.
@Suite struct RolesTextTests {
    static let role = RoleID("6500000000000000000000c1")
    static let project = ProjectID("6500000000000000000000aa")
    static let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"

    @Test func theColumnIsAddedOrFilledAnew() {
        let ready = RoleFinding(.ready, role: Self.role)
        let added = RolesCSV(columns: ["project_id", "team"])
        #expect(added.header == "project_id,team,role_id\n")
        #expect(added.row(["a", "b"], ready) == "a,b,6500000000000000000000c1\n")
        #expect(added.row(["a", "b"], RoleFinding(.notReady, role: Self.role)) == "a,b,\n")
        let filled = RolesCSV(columns: ["role_id", "project_id"])
        #expect(filled.header == "role_id,project_id\n")
        #expect(filled.row(["old", "a"], ready) == "6500000000000000000000c1,a\n")
        // What a person wrote there is not taken away.
        #expect(filled.row(["old", "a"], nil) == "old,a\n")
        #expect(filled.row(["old", "a"], RoleFinding(.ambiguous)) == "old,a\n")
    }

    @Test func aGrantForEachKeyAndAccount() throws {
        let project = try #require(Self.project)
        var script = GrantScript()
        let first = script.lines(
            project, "a\nrm -rf /", key: Self.key + "/cryptoKeyVersions/1", account: "x@y")
        #expect(first.contains("# \(project) a\\nrm -rf /\n"))
        #expect(
            first.components("gcloud kms keys add-iam-policy-binding k --keyring=r --location=l --project=p")
                == 2)
        #expect(first.contains("--role=roles/cloudkms.viewer\n"))
        // Another version is the same key, which has its grant.
        let again = script.lines(project, nil, key: Self.key + "/cryptoKeyVersions/2", account: "x@y")
        #expect(again == "# \(project)\n")
        let other = script.lines(project, nil, key: Self.key + "/cryptoKeyVersions/2", account: "z@y")
        #expect(other.components("gcloud") == 2)
    }

    @Test func whatIsNoKeyNameIsLeftToAPerson() throws {
        let project = try #require(Self.project)
        for key in ["", "k", "projects/p/locations/l/keyRings/r/cryptoKeys/", "a/b/c/d/e/f/g/h"] {
            var script = GrantScript()
            let lines = script.lines(project, nil, key: key, account: "x@y")
            #expect(!lines.contains("gcloud") && lines.contains("by hand"))
        }
    }

    @Test func hostileNamesStayOneWord() throws {
        let project = try #require(Self.project)
        var script = GrantScript()
        let key = "projects/$(id)/locations/l;id/keyRings/`id`/cryptoKeys/-k 'x'"
        let lines = script.lines(project, nil, key: key, account: "x y")
        #expect(lines.contains("--project='$(id)'") && lines.contains("--location='l;id'"))
        #expect(lines.contains("--keyring='`id`'") && lines.contains("--member='serviceAccount:x y'"))
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(_ part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
