import AtlasAPI
import MigrationCore
import RunSimulation

/// Mistakes in what is planned, each also where it would keep a run out of all trouble.
extension Mutant {
    static let plans = [
        Mutant("finds everything as wanted", "it had to be changed") {
            $0.journal = { planned($0) { _ in PlanItem(.noop) } }
        },
        Mutant("excludes everything", "it had to be changed") {
            $0.journal = { planned($0) { _ in PlanItem(.excluded) } }
        },
        Mutant("blocks everything", "it had to be changed") {
            $0.journal = { planned($0) { _ in .blocked(.keyNotValid, "broken on purpose") } }
        },
        Mutant("blocks what is as wanted", "it was as wanted") {
            $0.journal = { planned($0) { $0.planClass == .noop ? .blocked(.roleMissing, "broken") : $0 } }
        },
        Mutant("plans search nodes that nobody asked for", "what the target means") {
            $0.journal = { planned($0, withSearchNodes) }
        },
        Mutant("carries no key over", "is not carried over") {
            $0.transport = {
                BrokenTransport.bodies($0) { body in
                    for (name, object) in body {
                        guard var members = object.object else { continue }
                        for field in ["keyVersionResourceID", "customerMasterKeyID", "keyIdentifier"] {
                            members[field] = nil
                        }
                        body[name] = .object(members)
                    }
                }
            }
        },
        Mutant("sends the reference in place of the secret", "is not as planned in the body") {
            $0.transport = {
                BrokenTransport.bodies($0) { body in
                    for (name, object) in body {
                        guard var members = object.object else { continue }
                        for (field, value) in members where value == .string(SimulatedSecrets.value) {
                            members[field] = .string("${env:SIMULATED_SECRET}")
                        }
                        body[name] = .object(members)
                    }
                }
            }
        },
    ]

    private static func planned(
        _ inner: any Journal, _ change: @escaping @Sendable (PlanItem) -> PlanItem
    ) -> any Journal {
        BrokenJournal(inner) { records in
            records.map { record in
                guard case .project(let ordinal, .planned(let item, let at)) = record else { return record }
                var other = change(item)
                (other.live, other.liveName, other.organisation) = (
                    item.live, item.liveName, item.organisation
                )
                return .project(ordinal, .planned(other, at: at))
            }
        }
    }

    @Sendable private static func withSearchNodes(_ item: PlanItem) -> PlanItem {
        var item = item
        item.change = item.change.map(withSearchNodes)
        return item
    }

    /// Search nodes on, besides what is planned.
    @Sendable static func withSearchNodes(_ change: PlannedChange) -> PlannedChange {
        guard change.before.searchNodes != true,
            !change.changes.contains(where: { $0.path == FieldName.searchNodes })
        else { return change }
        let more = FieldChange(path: FieldName.searchNodes, before: .absent, after: .value(.bool(true)))
        return PlannedChange(
            provider: change.provider, before: change.before, changes: change.changes + [more],
            role: change.role)
    }
}
