import AtlasAPI
@testable import MigrationCore
import Testing

/// Goal: what the inventory knows is true of the state and the roles. Method: one project in each posture.
@Suite struct PostureTests {
    static let role = "6500000000000000000000c1"
    static let other = "6500000000000000000000c2"

    static func posture(_ state: String, _ roles: [(String, String)] = []) throws -> Posture {
        let entries = roles.map {
            #"{"roleId":"\#($0.0)","status":"\#($0.1)","gcpServiceAccountForAtlas":"sa"}"#
        }
        let list = #"{"gcpServiceAccounts":[\#(entries.joined(separator: ","))]}"#
        return Posture(
            .read(
                try #require(JSONValue(parsing: Array(state.utf8)).flatMap { EncryptionState($0) }),
                try #require(JSONValue(parsing: Array(list.utf8)).flatMap { CloudRole.list($0, needed: nil) })
            ))
    }

    static func google(_ more: String = "", valid: Bool = true) -> String {
        #"{"googleCloudKms":{"enabled":true,"valid":\#(valid),"keyVersionResourceID":"k"\#(more)}}"#
    }

    @Test func staticWithOneUsableRole() throws {
        let posture = try Self.posture(Self.google(), [(Self.role, "COMPLETE"), (Self.other, "FAILED")])
        #expect(
            posture
                == Posture(
                    providers: [.googleCloudKms], auth: .static, isValid: true, searchNodes: false, key: "k",
                    roleStanding: .one("COMPLETE"), serviceAccount: "sa", candidate: RoleID(Self.role)))
    }

    @Test func severalUsableRolesMakeNoCandidate() throws {
        let posture = try Self.posture(Self.google(), [(Self.role, "COMPLETE"), (Self.other, "COMPLETE")])
        #expect(posture.candidate == nil && posture.roleStanding == .several(2))
    }

    @Test func aRoleThatIsNotReadyIsShownAndIsNoCandidate() throws {
        let posture = try Self.posture(Self.google(), [(Self.role, "IN_PROGRESS")])
        #expect(posture.candidate == nil && posture.roleStanding == .one("IN_PROGRESS"))
        #expect(posture.serviceAccount == "sa")
    }

    @Test func aRoleThatIsSetStaysTheCandidate() throws {
        let set = Self.google(#","roleId":"\#(Self.role)""#, valid: false)
        let posture = try Self.posture(set, [(Self.role, "COMPLETE"), (Self.other, "COMPLETE")])
        #expect(
            posture.auth == .role && posture.role == RoleID(Self.role) && posture.candidate == posture.role)
        #expect(posture.isValid == false)
        #expect(try Self.posture(set).roleStanding == .notListed)
    }

    @Test func nothingOnAndSeveralOn() throws {
        let off = try Self.posture(#"{"enabledForSearchNodes":true}"#)
        #expect(off == Posture(auth: .none, searchNodes: true))
        let both = try Self.posture(
            #"{"awsKms":{"enabled":true,"valid":true},"googleCloudKms":{"enabled":true,"valid":false}}"#)
        #expect(
            both
                == Posture(
                    providers: [.awsKms, .googleCloudKms], auth: .several, isValid: false, searchNodes: false)
        )
    }

    @Test func filtersLetWhatCannotBeReadThrough() throws {
        let unreadable = Posture(.unreadable(Failure(status: 404, code: nil, detail: nil)))
        #expect(unreadable == Posture(auth: .unreadable))
        let google = try Self.posture(Self.google())
        let narrow = InventoryFilter(provider: .awsKms, auth: .role, searchNodes: true)
        #expect(narrow.shows(unreadable) && !narrow.shows(google))
        for (filter, shown) in [
            (InventoryFilter(provider: .googleCloudKms), true), (InventoryFilter(auth: .role), false),
            (InventoryFilter(auth: .static), true), (InventoryFilter(searchNodes: false), true),
            (InventoryFilter(searchNodes: true), false),
        ] { #expect(filter.shows(google) == shown) }
    }
}
