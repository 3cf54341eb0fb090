/// What keyshift needs of `GET /groups/{id}`.
package struct Project: Hashable, Sendable {
    package var id: ProjectID
    package var name: String
    package var organisation: OrganisationID

    /// nil when the answer lacks one of the three.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string.flatMap({ ProjectID($0) }),
            let organisation = json["orgId"]?.string.flatMap({ OrganisationID($0) }),
            let name = json["name"]?.string
        else { return nil }
        self.id = id
        self.name = name
        self.organisation = organisation
    }
}

/// What the identity probe tells: the organisation that the credentials belong to.
package enum Identity {
    /// The first organisation of `GET /orgs`; nil when the list is empty or not a list.
    package static func organisation(_ json: JSONValue) -> OrganisationID? {
        first(json)?["id"]?.string.flatMap { OrganisationID($0) }
    }

    /// Of the same one.
    package static func name(_ json: JSONValue) -> String? { first(json)?["name"]?.string }

    private static func first(_ json: JSONValue) -> JSONValue? { json["results"]?.array?.first }
}
