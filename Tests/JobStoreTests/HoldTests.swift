import AtlasAPI
import JobStore
import MigrationCore
import Testing

/// Goal: what a server asked for is there for the next process, and nothing else is made of it. Method: written, read
/// back at moments, and by a file that was closed.
@Suite struct HoldTests {
    static func hold(_ place: KeptHold.Place, ordinal: Int = 2, until: Int64 = 61_000) -> KeptHold {
        KeptHold(
            place: place, ordinal: ordinal, project: Made.project(ordinal), at: 1000, until: until,
            status: 429,
            code: "RATE_LIMITED")
    }

    @Test(arguments: KeptHold.Place.allCases) func isReadBackUntilItIsOver(place: KeptHold.Place) throws {
        let kept = try Folder().kept { try $0.openJob() }
        let hold = Self.hold(place)
        try kept.run.commit([.run(.held(hold))])
        #expect(try kept.run.job.holds(at: 1000) == [hold] && kept.run.job.holds(at: 60_999) == [hold])
        #expect(try kept.run.job.holds(at: 61_000) == [])
    }

    @Test func troubleOfReadsIsNoHold() throws {
        let kept = try Folder().kept { try $0.openJob() }
        try kept.run.commit([
            .run(.troubledRead(ordinal: 1, .look, .throttled, Made.failure(429), at: 1000)),
            .run(.held(Self.hold(.roles))),
            .run(.held(Self.hold(.encryption, ordinal: 3, until: 9000))),
        ])
        #expect(try kept.run.job.holds(at: 2000).map(\.ordinal) == [2, 3])
        #expect(try kept.run.job.holds(at: 10_000).map(\.place) == [.roles])
    }

    @Test func theFormatIsTheSame() throws {
        let folder = try Folder()
        let run = try folder.openJob()
        try run.commit([.run(.held(Self.hold(.everything)))])
        try run.job.close()
        let again = try Job.open(folder.job, for: .run)
        #expect(try again.holds(at: 1000).map(\.place) == [.everything])
        #expect(Schema.formatVersion == 1)
    }
}
