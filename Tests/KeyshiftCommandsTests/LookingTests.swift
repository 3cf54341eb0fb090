import AtlasAPI
import AtlasSimulation
import Foundation
import Testing

@testable import KeyshiftCommands
@testable import RunSimulation

/// The commands before a migration: `inventory`, `roles`, `doctor`; and those about keyshift itself.
struct LookingTests {
    @Test func theInventoryOfAnOrganisation() throws {
        let rig = try Rig(100, .googleMixed)
        let whole = try rig.run("inventory")
        #expect([0, 3].contains(whole.code), "\(whole.err)")
        #expect(whole.out.hasPrefix("project_id,project_name,") && whole.err.contains(" projects"))
        #expect(try rig.run("inventory -o -").out == whole.out)
        let some = try rig.run("inventory --provider googleCloudKms --auth static -o @some.csv")
        #expect(some.out.contains("projects"))
        let rows = try rig.text("some.csv").split(separator: "\n").count
        #expect(rows > 50 && rows < whole.out.split(separator: "\n").count)
        let tagged = try rig.run("inventory --tag env=test --search-nodes off --auth none")
        #expect(tagged.out.split(separator: "\n").count < rows)
        try rig.run("inventory --tag env=test --tag env=prod", expecting: 64)
        let organisation = rig.transport.atlas.fleet.organisation
        #expect(try rig.run("inventory --org \(organisation)").out == whole.out)
        // What it wrote is a sheet.
        try rig.run("plan @some.csv --target @target.yaml --job @some.job", expecting: 0)
    }

    @Test func anInventoryThatCannotBeTaken() throws {
        let rig = try Rig(3)
        #expect(try rig.run("inventory --org \(String(repeating: "c", count: 24))").code != 0)
        rig.transport.atlas.faults.scripts = [
            "*": ["GET": [String?](repeating: "503", count: 90)]
        ]
        let ended = try rig.run("inventory -o @out.csv --outage-patience 10s")
        #expect(
            [3, 4].contains(ended.code) && ended.err.contains("No inventory was written"),
            "\(ended.testDescription)")
        #expect(!rig.has("out.csv"))
        rig.transport.atlas.faults.scripts = [
            rig.projects[1].id: ["GET": [String?](repeating: "503", count: 60)]
        ]
        let partly = try rig.run("inventory --outage-patience 5m")
        #expect([3, 4].contains(partly.code), "\(partly.testDescription)")
    }

    @Test func rolesAreListedMadeAndGranted() throws {
        let rig = try Rig(40, .googleMixed)
        let listed = try rig.run("roles @fleet.csv --provider googleCloudKms", expecting: 3)
        #expect(listed.out.contains("missing"), "\(listed.out)")
        #expect(rig.projects.allSatisfy { $0.counts["POST"] == nil })
        let create = "roles @fleet.csv --provider googleCloudKms --create --job @roles.job"
        try rig.run(create, expecting: 9)
        rig.terminal = try Terminal(typing: "no\n")
        try rig.run(create, expecting: 9)
        rig.terminal = nil
        let made = try rig.run(create + " --yes -o @with.csv --grants @grants.sh")
        #expect([0, 3].contains(made.code) && made.err.contains("Making "), "\(made.testDescription)")
        #expect(try rig.text("grants.sh").contains("gcloud kms keys add-iam-policy-binding"))
        #expect(try rig.text("with.csv").hasPrefix("project_id,role_id\n"))
        #expect(rig.projects.contains { $0.counts["POST"] == 1 })
        let posts = rig.projects.map { $0.counts["POST"] ?? 0 }
        let again = try rig.run(create + " --yes -o -")
        #expect(again.out.hasPrefix("project_id,role_id\n") && again.err.contains("ready"))
        #expect(rig.projects.map { $0.counts["POST"] ?? 0 } == posts)
        try rig.run("status @roles.job", expecting: 65)
        try rig.run(
            "roles @fleet.csv --provider googleCloudKms --create --yes --job @roles.job -o @roles.job",
            expecting: 64)
        let reversed = try rig.text("fleet.csv").split(separator: "\n").dropFirst().reversed()
        try rig.write("other.csv", "project_id\n" + reversed.joined(separator: "\n") + "\n")
        try rig.run(
            "roles @other.csv --provider googleCloudKms --create --yes --job @roles.job", expecting: 7)
    }

    @Test(arguments: ["--create", "--job @r.job", "--yes", "--create --yes"])
    func rolesFlagsThatBelongTogether(
        flags: String
    ) throws {
        try Rig(1).run("roles @fleet.csv --provider googleCloudKms " + flags, expecting: 64)
    }

    @Test func grantsAreGooglesOnly() throws {
        try Rig(1).run("roles @fleet.csv --provider awsKms --grants @g.sh", expecting: 64)
    }

    @Test func doctorOfBothKinds() throws {
        let rig = try Rig(2)
        let account = try rig.run("doctor", expecting: 0)
        for subject in [
            "address", "credentials", "connection", "clock", "token", "organisation", "projects", "limits",
        ] {
            #expect(account.out.contains("  \(subject): "), "\(account.out)")
        }
        let credentials = SimulatedCredentials()
        rig.environment = [
            "MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:9",
            "MONGODB_ATLAS_PUBLIC_API_KEY": credentials.publicKey,
            "MONGODB_ATLAS_PRIVATE_API_KEY": credentials.privateKey,
        ]
        #expect(try rig.run("doctor", expecting: 0).out.contains("API key simulator"))
        rig.environment["MONGODB_ATLAS_ORG_ID"] = String(repeating: "d", count: 24)
        try rig.run("doctor", expecting: 10)
        rig.environment["MONGODB_ATLAS_PRIVATE_API_KEY"] = "mistyped-key"
        let refused = try rig.run("doctor", expecting: 10)
        #expect(!refused.out.contains("mistyped-key"))
        rig.environment = [:]
        try rig.run("doctor", expecting: 78)
    }

    @Test func doctorOfARefusedAccount() throws {
        let rig = try Rig(2)
        rig.environment["MONGODB_ATLAS_CLIENT_ID"] = "an odd name"
        let ended = try rig.run("doctor", expecting: 10)
        #expect(!ended.out.contains("an odd name") && ended.out.contains("fail  token"))
    }

    @Test func versionAndHelp() throws {
        let rig = try Rig(0)
        #expect(try rig.run("version", expecting: 0).out == "keyshift \(Keyshift.version)\n")
        #expect(try rig.run("--version", expecting: 0).out.contains(Keyshift.version))
        for topic in HelpTopic.allCases {
            #expect(try rig.run("help \(topic.rawValue)", expecting: 0).out == topic.text)
        }
        #expect(try rig.run("help plan", expecting: 0).out.contains("USAGE: keyshift plan"))
        #expect(try rig.run("apply --help", expecting: 0).out.contains("--confirm-irreversible"))
        #expect(try rig.run([]).out.contains("A migration in five commands"))
        for line in ["help nope", "help retries plan", "nonsense", "apply", "apply --nonsense @f.job"] {
            let ended = try rig.run(line, expecting: 64)
            #expect(ended.out.isEmpty && !ended.err.isEmpty)
        }
        // What the parser quotes can't begin a line of its own.
        let forged = try rig.run(["apply\nerror: forged"])
        #expect(forged.code == 64 && !forged.err.contains("\nerror: forged"))
    }
}
