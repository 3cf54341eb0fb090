import Testing

/// Goal: an operator needs no sheet of their own: the inventory is true, complete, and goes straight into `plan`.
/// Method: the program against a simulated organisation in all postures, compared with the simulator's truth.
@Suite(.aFewAtATime) struct InventoryTests {
    private func rows(_ rig: Rig, _ name: String) throws -> [[String: String]] {
        try Sheet(rig.folder.text(name)).rows
    }

    @Test func straightIntoThePlanForEachCloud() async throws {
        let rig = try await Rig(
            ["--projects", "500", "--scenario", "google-mixed"])
        let taken = try await rig.keyshift(["inventory", "-o", "fleet.csv"] + Rig.quick)
        #expect(taken.code == 0, "\(taken.testDescription)")
        let inventory = try rows(rig, "fleet.csv")
        for (provider, target) in [
            ("googleCloudKms", Target.googleRole), ("awsKms", Target.awsRole),
            ("azureKeyVault", Target.azureRole),
        ] {
            let able = inventory.filter {
                $0["provider"] == provider && $0["auth"] == "static" && $0["valid"] == "true"
                    && $0["candidate_role_id"] != ""
            }
            #expect(!able.isEmpty)
            try rig.folder.write("target.yaml", target)
            let job = "\(provider).job"
            let planned = try await rig.keyshift(
                ["plan", "fleet.csv", "--target", "target.yaml", "--job", job] + Rig.quick)
            #expect(planned.code == 0, "\(planned.testDescription)")
            let applied = try await rig.keyshift(
                ["apply", job, "--yes", "--confirm-irreversible", "\(able.count)", "--rate", "none"]
                    + Rig.quick + Rig.unruled)
            #expect(applied.code == 0 || applied.code == 3, "\(applied.testDescription)")
            let changed = try rows(rig, "\(provider).results.csv").filter { $0["result"] == "changed" }
            #expect(Set(changed.map { $0["project_id"] }) == Set(able.map { $0["project_id"] }))
        }
        let again = try await rig.keyshift(
            ["inventory", "--provider", "googleCloudKms", "-o", "after.csv"] + Rig.quick)
        #expect(again.code == 0, "\(again.testDescription)")
        for row in try rows(rig, "after.csv") where row["auth"] == "static" {
            #expect(row["candidate_role_id"] == "" || row["valid"] == "false", "\(row)")
        }
    }

    @Test func whatCannotBeReadIsARowThatSaysSo() async throws {
        let rig = try await Rig.scripted(["3": ["GET": Array(repeating: "400", count: 7)]], projects: 6)
        let taken = try await rig.keyshift(["inventory", "--auth", "role", "-o", "fleet.csv"] + Rig.quick)
        #expect(taken.code == 3, "\(taken.testDescription)")
        let rows = try rows(rig, "fleet.csv")
        #expect(rows.count == 1 && rows[0]["provider"] == "unreadable" && rows[0]["auth"] == "unreadable")
        #expect(taken.err.contains("can't be read: HTTP 400"))
    }

    @Test func tagsAndFiltersNarrowIt() async throws {
        let rig = try await Rig(["--projects", "60", "--scenario", "google-mixed"])
        func take(_ filters: [String]) async throws -> Set<String?> {
            let ended = try await rig.keyshift(["inventory", "-o", "some.csv"] + filters + Rig.quick)
            #expect(ended.code == 0, "\(ended.testDescription)")
            return Set(try rows(rig, "some.csv").map { $0["project_id"] })
        }
        let all = try await take([])
        let prod = try await take(["--tag", "env=prod"])
        let test = try await take(["--tag", "env=test"])
        #expect(!prod.isEmpty && !test.isEmpty && prod.isDisjoint(with: test) && prod.union(test) == all)
        let on = try await take(["--search-nodes", "on"])
        let off = try await take(["--search-nodes", "off"])
        #expect(!on.isEmpty && on.isDisjoint(with: off) && on.union(off) == all)
        #expect(try await take(["--tag", "env=prod", "--tag", "team=x"]).isEmpty)
    }

    @Test func fiveThousandInOneGo() async throws {
        let rig = try await Rig(
            ["--projects", "5000", "--fault", "503=0.01", "--fault-run", "2"])
        let taken = try await rig.keyshift(
            ["inventory", "--concurrency", "32", "-o", "all.csv"] + Rig.quick)
        #expect(taken.code == 0, "\(taken.testDescription)")
        #expect(try rows(rig, "all.csv").count == 5000)
        let pages = try rig.simulator.log().filter { $0.path.contains("/groups?") }.count
        #expect(pages >= 10)
    }

    @Test func nothingIsWrittenWhenTheListCannotBeRead() async throws {
        let rig = try await Rig.scripted(["groups": ["GET": ["400"]]], projects: 3)
        let taken = try await rig.keyshift(["inventory", "-o", "all.csv"] + Rig.quick)
        #expect(taken.code == 3 && taken.err.contains("The list of projects can't be read"))
        #expect(!rig.folder.has("all.csv"))
        let nowhere = try await rig.keyshift(["inventory", "-o", "no/where.csv"])
        #expect(nowhere.code == 73 && nowhere.err.contains("no/where.csv"))
    }
}
