package import AtlasAPI

extension SimulatedAtlas {
    /// What is really so: every project's present and original state, and what was done to it.
    package func truth(now: Int64) -> JSONValue {
        let projects = fleet.order.compactMap { fleet.projects[$0] }.map { project in
            JSONValue.object([
                "id": .string(project.id), "name": .string(project.name),
                "organisation": .string(project.organisation), "access": .string(project.access.rawValue),
                "encryption": project.encryption.answer(hidesAWSRole: false),
                "original": project.original.answer(hidesAWSRole: false),
                "fingerprint": .string(project.encryption.fingerprint),
                "originalFingerprint": .string(project.original.fingerprint),
                "roles": .array(project.roles.map { $0.json(project: project.id, now: now) }),
                "requests": .object(project.counts.mapValues { .number(Double($0)) }),
                "patchesSeen": .number(Double(project.patchesSeen)),
                "patchesApplied": .number(Double(project.patchesApplied)),
                "lastChangedBy": project.lastChangedBy.map { .string($0) } ?? .null,
                "unsettled": .bool(project.isUnsettled),
                "violations": .array(project.violations.map { .string($0) }),
            ])
        }
        return .object([
            "version": .number(1), "seed": .string(String(seed)), "generation": .number(Double(generation)),
            "sequence": .number(Double(sequence)), "organisation": .string(fleet.organisation),
            "tokensIssued": .number(Double(tokens.issuedCount)), "projects": .array(projects),
        ])
    }

    /// Every violation with its project, in the fleet's order.
    package func violations() -> JSONValue {
        .array(
            fleet.order.compactMap { fleet.projects[$0] }.flatMap { project in
                project.violations.map {
                    .object(["project": .string(project.id), "violation": .string($0)])
                }
            })
    }
}
