import AtlasAPI

extension SimulatedAtlas {
    /// Answers an authenticated request that no fault has taken.
    mutating func carryOut(_ visit: inout Visit, _ route: Route) throws(Refusal) {
        guard route.methods.contains(visit.request.method) else {
            throw .methodNotAllowed(visit.request.method)
        }
        if route.bucket == nil { return answerOAuth(&visit, route) }
        if let refusal = VersionCheck.refusal(visit.request, version: route.version) { throw refusal }
        switch route {
        case .token, .revoke: return
        case .organisations: try listOrganisations(&visit)
        case .projects: try listProjects(&visit, prefix: "")
        case .organisationProjects(let id):
            guard id == fleet.organisation else { throw .otherOrganisation }
            try listProjects(&visit, prefix: visit.request.query["name"] ?? "")
        case .rateLimits: visit.answer = .success(limitsList(), version: route.version)
        case .project(let id):
            let project = try accessible(id)
            visit.answer = .success(json(of: project, base: base(visit.request)))
        case .encryption(let id):
            let project = try accessible(id)
            if visit.request.method == "PATCH" {
                try changeEncryption(&visit, project)
            } else {
                readEncryption(&visit, project)
            }
        case .roles(let id):
            let project = try accessible(id)
            if visit.request.method == "POST" {
                try makeRole(&visit, project)
            } else {
                visit.answer = .success(roleList(project, now: visit.now))
            }
        case .role(let id, let role):
            try oneRole(&visit, accessible(id), role: role)
        }
    }

    /// The project, if the credentials may see it.
    private func accessible(_ id: String) throws(Refusal) -> SimulatedProject {
        guard let wanted = ProjectID(id) else { throw .badProjectID(id) }
        guard let project = fleet.projects[wanted.text] else { throw .projectNotFound(id) }
        switch project.access {
        case .open: return project
        case .deleted: throw .projectNotFound(id)
        case .otherOrganisation: throw .otherOrganisation
        case .forbidden: throw .cannotAccessProject
        }
    }

    // MARK: Encryption

    private mutating func readEncryption(_ visit: inout Visit, _ project: SimulatedProject) {
        var project = project
        var state = project.encryption
        let isStale = project.stale != nil
        if var stale = project.stale {
            state = stale.state
            stale.left -= 1
            project.stale = stale.left > 0 ? stale : nil
            visit.entry.aftermath.append("shown stale")
        }
        // A read from before the change knows nothing of what the change did to the key.
        let looksInvalid = project.invalidReadsLeft > 0 && !isStale
        if looksInvalid {
            project.invalidReadsLeft -= 1
            visit.entry.aftermath.append("shown not valid")
        }
        fleet.projects[project.id] = project
        visit.answer = .success(state.answer(hidesAWSRole: options.hidesAWSRole, looksInvalid: looksInvalid))
    }

    private mutating func changeEncryption(_ visit: inout Visit, _ before: SimulatedProject) throws(Refusal) {
        let rules = EncryptionRules(
            project: before, now: visit.now, resetsOmittedSearchNodes: options.resetsOmittedSearchNodes)
        let change: EncryptionRules.Change
        do throws(Refusal) {
            change = try rules.apply(EncryptionPatch(body: visit.request.body))
        } catch {
            if !Self.honestRefusals.contains(error.code) {
                visit.violations.append("sent a change that is refused: \(error.code)")
            }
            throw error
        }
        visit.violations += change.violations
        var project = before
        project.encryption = change.state
        project.patchesApplied += 1
        project.lastChangedBy = visit.entry.principal
        project.markUsedRoles()
        let drawn = visit.faults.aftermath
        if drawn.contains(.stale) {
            project.stale = SimulatedProject.StaleReads(state: before.encryption, left: options.spoiledReads)
        }
        if drawn.contains(.notValid) { project.invalidReadsLeft = options.spoiledReads }
        if drawn.contains(.neverValid) {
            for name in project.encryption.enabled.keys { project.encryption.enabled[name]?.valid = false }
        }
        visit.entry.aftermath += drawn.filter { $0 != .foreignEdit }.map(\.rawValue)
        visit.entry.applied = true
        visit.changesState = true
        visit.answer = .success(
            project.encryption.answer(
                hidesAWSRole: options.hidesAWSRole, looksInvalid: project.invalidReadsLeft > 0))
        fleet.projects[project.id] = project
        if drawn.contains(.foreignEdit) { editByOthers(&visit) }
    }

    /// Refusals that a careful client can meet, because the project changed after its look.
    private static let honestRefusals: Set<String> = [
        "CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED", "RESOURCE_NOT_FOUND",
        "ENCRYPTION_AT_REST_SETTINGS_INVALID",
    ]

    /// Somebody else switches the search nodes over.
    mutating func editByOthers(_ visit: inout Visit) {
        guard let id = visit.entry.project, var project = fleet.projects[id], project.access == .open else {
            return
        }
        project.encryption.searchNodes = project.encryption.searchNodes != true
        project.lastChangedBy = "someone else"
        fleet.projects[id] = project
        visit.entry.aftermath.append(FaultKind.foreignEdit.rawValue)
        visit.changesState = true
    }

    // MARK: Roles

    private func roleList(_ project: SimulatedProject, now: Int64) -> JSONValue {
        func list(_ provider: Provider) -> JSONValue {
            .array(
                project.roles.filter { $0.provider == provider }.map {
                    $0.json(project: project.id, now: now)
                })
        }
        return .object([
            "awsIamRoles": list(.awsKms), "azureServicePrincipals": list(.azureKeyVault),
            "gcpServiceAccounts": list(.googleCloudKms),
        ])
    }

    /// Each POST makes another role. Google's first one in a project takes its time, later ones don't.
    private mutating func makeRole(_ visit: inout Visit, _ project: SimulatedProject) throws(Refusal) {
        let body = JSONValue(parsing: visit.request.body)
        guard let name = body?["providerName"]?.string,
            let provider = Provider.allCases.first(where: { $0.roleProviderName == name })
        else {
            throw .validation([.init(field: "providerName", description: "must be one of AWS, AZURE, GCP")])
        }
        let principal = body?["servicePrincipalId"]?.string
        if provider == .azureKeyVault, principal == nil {
            throw .badRequest(
                "CLOUD_PROVIDER_ACCESS_AZURE_SERVICE_PRINCIPAL_INVALID", "The service principal is not valid."
            )
        }
        var random = Dice(
            seed: StableHash.of(seed, project.id, "role", String(project.roles.count)))
        let isFirst = !project.roles.contains { $0.provider == provider && $0.isUsable(now: visit.now) }
        let identity: String
        var readyAt: Int64?
        switch provider {
        case .googleCloudKms:
            identity = SimulatedRole.googleIdentity(&random)
            readyAt = visit.now + (isFirst ? options.roleDelay : 0)
        case .awsKms: identity = ""
        case .azureKeyVault: identity = principal ?? ""
        }
        let role = SimulatedRole(
            id: random.hex(24), provider: provider, createdAt: visit.now, readyAt: readyAt, identity: identity
        )
        fleet.projects[project.id]?.roles.append(role)
        visit.entry.applied = true
        visit.changesState = true
        visit.answer = .success(role.json(project: project.id, now: visit.now))
    }

    /// GET of one role, and the PATCH that authorises an AWS role.
    private mutating func oneRole(
        _ visit: inout Visit, _ project: SimulatedProject, role id: String
    ) throws(Refusal) {
        guard let index = project.roles.firstIndex(where: { $0.id == id }) else {
            throw .notFound("Cloud Provider Access role with id \(id)")
        }
        var role = project.roles[index]
        if visit.request.method == "PATCH" {
            if role.provider == .awsKms {
                guard let arn = JSONValue(parsing: visit.request.body)?["iamAssumedRoleArn"]?.string else {
                    throw .validation([.init(field: "iamAssumedRoleArn", description: "must be a string")])
                }
                role.identity = arn
                role.readyAt = visit.now
            }
            fleet.projects[project.id]?.roles[index] = role
            visit.entry.applied = true
            visit.changesState = true
        }
        visit.answer = .success(role.json(project: project.id, now: visit.now))
    }
}
