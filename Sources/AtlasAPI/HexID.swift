/// An Atlas object id: 24 lower-case hexadecimal digits. The kind keeps a role id out of a project id's place.
package struct HexID<Kind: Sendable>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes 24 hex digits of either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 24, text.utf8.allSatisfy(Self.isHexDigit) else { return nil }
        let isLower = text.utf8.allSatisfy { $0 > UInt8(ascii: "F") || $0 < UInt8(ascii: "A") }
        self.text = isLower ? String(text) : text.lowercased()
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

package enum ProjectKind: Sendable {}
package enum OrganisationKind: Sendable {}
package enum RoleKind: Sendable {}

/// A project ("group" in the API's paths).
package typealias ProjectID = HexID<ProjectKind>
package typealias OrganisationID = HexID<OrganisationKind>
/// A cloud provider access role of one project; Azure calls it `_id` in the role list.
package typealias RoleID = HexID<RoleKind>
