import AtlasAPI

/// Which request of a project's work it was.
package enum Step: String, Sendable {
    case list
    case planName = "plan_name"
    case planRoles = "plan_roles"
    case planState = "plan_state"
    case lookRoles = "look_roles"
    case look
    case change
    case makeRole = "make_role"
    case checkRoles = "check_roles"
    case check
    case rereadRoles = "reread_roles"
    case reread

    /// Whether the server is another afterwards; all others only read.
    package var isChange: Bool { self == .change || self == .makeRole }

    func endpoint(of project: ProjectID) -> Endpoint {
        switch self {
        case .planName: .project(project)
        case .planRoles, .lookRoles, .checkRoles, .rereadRoles: .roles(project)
        case .planState, .look, .check, .reread: .encryption(project)
        case .change: .changeEncryption(project)
        case .makeRole: .makeRole(project)
        case .list: preconditionFailure("the list is no project's")
        }
    }
}
