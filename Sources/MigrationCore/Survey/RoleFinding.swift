package import AtlasAPI

/// What `roles` found, or made, in one project.
package struct RoleFinding: Hashable, Sendable {
    package enum Status: String, CaseIterable, Sendable {
        /// One usable role.
        case ready
        /// There is one, and it can't be used (yet).
        case notReady = "not_ready"
        case missing
        /// Several usable roles: which one is a person's choice.
        case ambiguous
        /// The role that the sheet names is none of the project's.
        case notInProject = "role_not_in_project"
        /// None was made, since the project's key is not with this provider.
        case otherProvider = "provider_mismatch"
        /// The sheet's name is not the project's: nothing was made.
        case nameMismatch = "name_mismatch"
        /// It was to be made, and Atlas refused.
        case failed
        case unreadable
    }

    package var status: Status
    package var role: RoleID?
    /// The cloud's name of the identity, such as a Google service account.
    package var identity: String?
    /// The project's key, when it was asked for and a provider of that kind is on.
    package var key: String?
    package var detail: String?

    package init(
        _ status: Status, role: RoleID? = nil, identity: String? = nil, key: String? = nil,
        detail: String? = nil
    ) {
        self.status = status
        self.role = role
        self.identity = identity
        self.key = key
        self.detail = detail
    }
}

/// A project whose role is looked for.
package struct RoleItem: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    /// As the sheet has it.
    package var name: String?
    /// What the sheet's column `role_id` says: a person's choice. Empty: none.
    package var chosen: String
    /// POSTs of earlier runs.
    package var requests: Int
    package var asked: Asked

    /// What is known of a role that was asked for and that nobody has seen listed yet.
    package enum Asked: Sendable {
        /// None was, or Atlas refused.
        case no
        /// It may have been made: no answer came, or a 5xx.
        case maybeMade
        /// Atlas said that it made one, so no other is ever asked for.
        case made

        /// By the end of the last request for one. `isCoded`: the answer had a code of Atlas's. A refusal is believed
        /// when it is for good or Atlas's own limit; behind any other, and behind a gateway's 401, there may be a role.
        package init(_ verdict: Verdict, isCoded: Bool) {
            switch verdict {
            case .accepted: self = .made
            case .throttled, .maintenance: self = isCoded ? .no : .maybeMade
            case .unauthorised: self = .maybeMade
            default: self = verdict.treatment.arrives ? .maybeMade : .no
            }
        }
    }

    package init(
        ordinal: Int, project: ProjectID, name: String?, chosen: String = "", requests: Int = 0,
        asked: Asked = .no
    ) {
        self.ordinal = ordinal
        self.project = project
        self.name = name
        self.chosen = chosen
        self.requests = requests
        self.asked = asked
    }
}

/// What a run of `roles` is after.
package struct RoleAim: Sendable {
    package var provider: Provider
    /// Make a role where there is none; only Google's need nothing from the customer's side.
    package var makes: Bool
    /// A project without a role is missing one only when its key is with the provider.
    package var judgesKey: Bool
    /// Read the project's key too, for the grants.
    package var needsKey: Bool
    /// How long a role may be `IN_PROGRESS`. In life 33 to 39 seconds, and once over 20 minutes.
    package var rolePatience: Duration
    /// How long a role that was asked for, with no answer, may take to be listed before it is asked for again.
    package var lookPatience: Duration
    package var settings: RunSettings

    package init(
        provider: Provider, makes: Bool, judgesKey: Bool = false, needsKey: Bool, rolePatience: Duration,
        lookPatience: Duration, settings: RunSettings
    ) {
        self.provider = provider
        self.makes = makes
        self.judgesKey = judgesKey
        self.needsKey = needsKey
        self.rolePatience = rolePatience
        self.lookPatience = lookPatience
        self.settings = settings
    }
}
