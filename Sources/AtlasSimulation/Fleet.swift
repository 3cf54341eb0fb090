import AtlasAPI

/// The organisation's projects, with those that only a stale sheet still names.
package struct Fleet: Codable, Sendable {
    package var organisation: String
    package var organisationName: String
    /// Project ids in the sheet's order.
    package internal(set) var order: [String] = []
    package internal(set) var projects: [String: SimulatedProject] = [:]

    package init(seed: UInt64) {
        var random = Dice(seed: StableHash.of(seed, "organisation"))
        organisation = random.hex(24)
        organisationName = "Simulated Organisation"
    }

    /// A fleet of made-up projects; the same arguments give the same fleet.
    package init(count: Int, seed: UInt64, scenario: Scenario) {
        self.init(seed: seed)
        for number in 0..<max(0, count) {
            var maker = ProjectMaker(seed: seed, number: number, organisation: organisation)
            append(maker.project(scenario.kind(number: number, seed: seed)))
        }
    }

    /// A fleet with the ids and names of a sheet. Roles named there exist and can be used.
    package init(rows: [FleetSheet.Row], seed: UInt64, scenario: Scenario) {
        self.init(seed: seed)
        for (number, row) in rows.enumerated() {
            var maker = ProjectMaker(seed: seed, number: number, organisation: organisation)
            maker.id = row.projectID
            maker.name = row.projectName ?? maker.name
            maker.roleID = row.roleID ?? maker.roleID
            append(maker.project(scenario.kind(number: number, seed: seed)))
        }
    }

    package mutating func append(_ project: SimulatedProject) {
        if projects[project.id] == nil { order.append(project.id) }
        projects[project.id] = project
    }

    package subscript(id: String) -> SimulatedProject? { projects[id] }

    /// The id of a script's key: the id itself, `*`, or the project's number in the fleet from 1.
    package func subject(_ key: String) -> String? {
        if key == "*" || projects[key] != nil || ["groups", "orgs", "oauth"].contains(key) { return key }
        return Int(key).flatMap { order.indices.contains($0 - 1) ? order[$0 - 1] : nil }
    }
}
