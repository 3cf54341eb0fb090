import AtlasAPI
import AtlasSimulation
import Testing

@Suite struct FleetTests {
    @Test func theSameSeedGivesTheSameFleet() {
        func truth(_ seed: UInt64) -> JSONValue {
            Rig(.googleMixed, count: 50, seed: seed).atlas.truth(now: 0)
        }
        #expect(truth(3) == truth(3))
        #expect(truth(3) != truth(4))
        #expect(Fleet(count: 2000, seed: 1, scenario: .googleMixed).order.count == 2000)
    }

    @Test func everyHundredOfTheMixHasAllKinds() {
        for seed in [1, 2, 3] as [UInt64] {
            let fleet = Fleet(count: 100, seed: seed, scenario: .googleMixed)
            let projects = fleet.order.compactMap { fleet[$0] }
            func count(_ test: (SimulatedProject) -> Bool) -> Int { projects.count(where: test) }
            #expect(count { $0.access == .deleted } == 1)
            #expect(count { $0.access == .otherOrganisation && $0.organisation != fleet.organisation } == 1)
            #expect(count { $0.access == .forbidden } == 1)
            #expect(count { $0.encryption.enabled.isEmpty } == 4)
            #expect(count { $0.encryption.enabled.count == 2 } == 1)
            #expect(count { $0.roles.isEmpty } == 5)
            #expect(count { $0.roles.count == 2 } == 4)
            #expect(count { $0.encryption.enabled["googleCloudKms"]?.valid == false } == 2)
            #expect(count { $0.encryption.enabled["googleCloudKms"]?.roleID != nil } == 13)
            #expect(count { $0.name.contains(",") } == 5)
        }
    }

    @Test func aSheetWrittenIsASheetRead() throws {
        let fleet = Fleet(count: 60, seed: 9, scenario: .googleMixed)
        let rows = try FleetSheet.rows(FleetSheet.text(fleet, now: 1_800_000_000_000))
        #expect(rows.map(\.projectID) == fleet.order)
        #expect(rows.map(\.projectName) == fleet.order.map { fleet[$0]?.name })
        let again = Fleet(rows: rows, seed: 2, scenario: .googleStatic)
        #expect(again.order == fleet.order)
        for row in rows {
            guard let role = row.roleID else { continue }
            #expect(again[row.projectID]?.roles.map(\.id) == [role])
        }
    }

    @Test(arguments: [
        ("name\nx\n", FleetSheet.Mistake.noIDColumn), ("", .noIDColumn),
        ("project_id\nxyz\n", .badID(row: 2, text: "xyz")), ("project_id\n\"x", .unterminatedQuote),
    ])
    func badSheets(text: String, mistake: FleetSheet.Mistake) {
        #expect(throws: mistake) { try FleetSheet.rows(text) }
    }

    @Test func quotesAndLineEndsInCells() throws {
        let id = "AAAAAAAAAAAAAAAAAAAAAAAA"
        let rows = try FleetSheet.rows("\u{FEFF}project_name,groupId\r\n\"a \"\"b\"\",\r\nc\",\(id)\r\n")
        #expect(rows == [.init(projectID: id.lowercased(), projectName: "a \"b\",\r\nc")])
    }

    @Test func scriptsNameProjectsByIdOrNumber() {
        let fleet = Fleet(count: 3, seed: 1, scenario: .mixed)
        #expect(fleet.subject("1") == fleet.order[0])
        #expect(fleet.subject(fleet.order[2]) == fleet.order[2])
        #expect(fleet.subject("4") == nil)
        #expect(fleet.subject("*") == "*")
    }
}
