import AtlasAPI
import JobStore
import MigrationCore
import Testing

/// Goal: the next run of `roles` knows what may have been made. Method: requests with each end, and the job opened again.
@Suite struct RoleRequestTests {
    struct Row: Sendable {
        /// How each POST ended; nil: its process died first.
        var ends: [Verdict?]
        var asked: RoleItem.Asked
    }

    @Test(arguments: [
        Row(ends: [], asked: .no), Row(ends: [nil], asked: .maybeMade),
        Row(ends: [.refused], asked: .no), Row(ends: [.throttled], asked: .no),
        Row(ends: [.conflict], asked: .maybeMade), Row(ends: [.unauthorised], asked: .maybeMade),
        Row(ends: [.notSent], asked: .no), Row(ends: [.transient], asked: .maybeMade),
        Row(ends: [.noAnswer], asked: .maybeMade),
        Row(ends: [.transient, .refused], asked: .no), Row(ends: [.refused, nil], asked: .maybeMade),
        Row(ends: [.accepted], asked: .made), Row(ends: [.accepted, .noAnswer], asked: .made),
        Row(ends: [.accepted, .refused], asked: .made),
    ]) func whatWasAskedFor(_ row: Row) throws {
        let folder = try Folder()
        var run = try folder.openJob()
        for (index, end) in row.ends.enumerated() {
            try run.commit([.role(2, .intent(number: index + 1, at: 20))])
            guard let end else { continue }
            try run.commit([.role(2, .ended(number: index + 1, end, Made.failure(500), at: 21))])
        }
        try run.job.close()
        run = try Job.open(folder.job, for: .run).firstRevision.beginRun("roles", at: 30)
        let items = try run.roleItems(after: 0, limit: 3, column: 2, unfinished: false)
        #expect(items.map(\.asked) == [.no, row.asked, .no])
        #expect(items.map(\.requests) == [0, row.ends.count, 0] && items[1].name == "name 2")
        #expect(items.map(\.chosen) == ["e1", "e2", "e3"])
        #expect(try run.roleItems(after: 2, limit: 1, column: nil, unfinished: false).map(\.ordinal) == [3])
    }
}
