import Testing

/// Holds what keyshift says, and what it sent, against what is really so.
struct Audit {
    var truth: Truth
    var rows: [[String: String]]
    var log: [Request]

    init(_ rig: Rig, rows: [[String: String]]? = nil) throws {
        truth = try rig.simulator.truth()
        self.rows = try rows ?? rig.results()
        log = try rig.simulator.log()
    }

    var counts: [String: Int] {
        Dictionary(rows.map { ($0["result"] ?? "", 1) }, uniquingKeysWith: +)
    }

    /// Every project has one row, in the sheet's order, and the row tells the truth.
    ///
    /// `killedAt`: when runs were killed, in milliseconds since 1970.
    func rowsAreTrue(killedAt: [Int64] = [], location: SourceLocation = #_sourceLocation) {
        #expect(rows.map { $0["project_id"] } == truth.projects.map(\.id), sourceLocation: location)
        for (row, project) in zip(rows, truth.projects) {
            let comment: Comment = "\(row) \(project)"
            switch row["result"] {
            case "changed":
                #expect(changed(project), comment, sourceLocation: location)
                #expect(row["verified"] == "valid", comment, sourceLocation: location)
            case "unchanged", "blocked", "excluded":
                #expect(project.isUntouched, comment, sourceLocation: location)
            default:
                let history = log.filter { $0.project == project.id }.map { "\($0)" }.joined(separator: "\n")
                Issue.record("an unexpected result: \(row)\n\(history)", sourceLocation: location)
            }
        }
        #expect(violations(killedAt: killedAt) == [], sourceLocation: location)
    }

    /// What a careful client does not do, but for reads that came while the server still held a request that the client
    /// had given up: its time was over, or its process was killed. The server hears of that a moment later.
    func violations(killedAt: [Int64] = []) -> [String] {
        var found = truth.violations.filter { !$0.contains("overlapped") }
        for (index, request) in log.enumerated() where request.overlapped {
            let earlier = log.prefix(index).last { $0.project == request.project }
            let wasGivenUp =
                earlier?.delivery == "hung" || killedAt.contains { (0..<3000).contains(request.time - $0) }
            if request.method == "GET", wasGivenUp { continue }
            found.append("overlapped: \(request) after \(earlier.map { "\($0)" } ?? "nothing")")
        }
        return found
    }

    /// One provider, on a role that is the project's own, with nothing else moved; or search nodes switched on.
    private func changed(_ project: Truth.Project) -> Bool {
        guard project.patchesApplied >= 1, let now = project.encryption.enabled.first,
            let before = project.original.enabled.first, project.encryption.enabled.count == 1
        else { return false }
        guard now.withoutAuth == before.withoutAuth, now.valid else { return false }
        if now.roleId == before.roleId {
            return project.encryption.enabledForSearchNodes == true
                && project.original.enabledForSearchNodes != true
        }
        return before.roleId == nil && project.roles.contains { $0.id == now.roleId }
            && project.encryption.enabledForSearchNodes == project.original.enabledForSearchNodes
    }

    /// Every PATCH follows a read made since the last one, and none follows a read that showed the wanted state.
    /// - Returns: how many PATCHes came, and how many of them after an unknown outcome.
    @discardableResult
    func changesFollowReads(location: SourceLocation = #_sourceLocation) -> (changes: Int, afterUnknown: Int)
    {
        var figures = (changes: 0, afterUnknown: 0)
        let changed = truth.projects.filter { $0.patchesApplied > 0 }
        let wanted = Dictionary(changed.map { ($0.id, $0.fingerprint) }) { first, _ in first }
        for (project, requests) in Dictionary(grouping: log.filter { $0.project != nil }, by: \.project) {
            var (hasRead, sawWanted, wasUnknown) = (false, false, false)
            // In the order of the log: a simulator that was killed may give a number twice.
            for request in requests where request.isEncryption {
                if request.isGoodRead {
                    hasRead = true
                    let shown = !request.aftermath.contains("shown stale")
                    sawWanted = sawWanted || (shown && request.after == wanted[project ?? ""])
                } else if request.isChange {
                    let comment: Comment = "\(request)"
                    #expect(hasRead, comment, sourceLocation: location)
                    #expect(!sawWanted, comment, sourceLocation: location)
                    figures.changes += 1
                    if wasUnknown { figures.afterUnknown += 1 }
                    wasUnknown =
                        request.delivery != "answered" || request.status >= 500 || request.isForeign
                    hasRead = false
                }
            }
        }
        return figures
    }

    /// The server has seen no PATCH that the job has no intent for: libcurl resends nothing behind our back.
    func changesHaveIntents(_ job: JobRows, location: SourceLocation = #_sourceLocation) throws {
        let intents = Dictionary(try job.attempts().map { ($0.project, 1) }, uniquingKeysWith: +)
        for project in truth.projects {
            let count = intents[project.id] ?? 0
            #expect(project.patchesSeen <= count, "\(project.id)", sourceLocation: location)
        }
    }
}
