import AtlasAPI
import AtlasSimulation
import Testing

@Suite struct SavedAtlasTests {
    /// One request to every project; what a client and the log would see of it.
    static func round(_ rig: inout Rig) -> [JSONValue] {
        (0..<30).flatMap { number in [rig.get(number), rig.toRole(number)] }.map { response in
            var json = response.entry.json.object ?? [:]
            json["generation"] = nil
            return .object(json)
        }
    }

    @Test func aRestartedSimulatorGoesOnWhereItWas() throws {
        var rig = Rig(.googleMixed, count: 30, faults: Storm.gale.plan)
        _ = Self.round(&rig)
        var other = rig
        other.atlas = try SavedAtlas.load(snapshot: SavedAtlas.snapshot(rig.atlas), lines: [])
        other.atlas.restart()
        #expect(other.atlas.generation == 2)
        for _ in 0..<3 { #expect(Self.round(&rig) == Self.round(&other)) }
        #expect(rig.atlas.truth(now: rig.now)["projects"] == other.atlas.truth(now: rig.now)["projects"])
    }

    @Test func linesBringASnapshotUpToDate() throws {
        var rig = Rig()
        let snapshot = try SavedAtlas.snapshot(rig.atlas)
        var lines: [UInt8] = []
        for number in 0..<2 {
            let changed = try #require(rig.toRole(number).changedProject)
            lines += try SavedAtlas.line(rig.atlas, project: changed)
        }
        let loaded = try SavedAtlas.load(snapshot: snapshot, lines: lines)
        #expect(loaded.truth(now: 0) == rig.atlas.truth(now: 0))
        let cut = try SavedAtlas.load(snapshot: snapshot, lines: lines.dropLast(20))
        #expect(cut.fleet[rig.id(0)]?.patchesApplied == 1)
        #expect(cut.fleet[rig.id(1)]?.patchesApplied == 0)
    }
}
