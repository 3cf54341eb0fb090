import AtlasAPI
import MigrationCore
import Testing

/// Goal: the same plan gives the same digest and each of its parts changes it. Method: one plan, and it again with one
/// part changed.
@Suite struct PlanDigestTests {
    struct Plan: Sendable {
        var version = 1
        var address = "https://cloud.mongodb.com"
        var organisation: OrganisationID? = Sample.organisation
        var target = "{}"
        var project = Sample.project(1)
        var planClass = PlanClass.irreversible
        var reason: Reason?
        var live: String? = "{}"
        var body: String? = #"{"a":1}"#
        var isTwice = false
        var role: String?
        var wave: Int?

        var digest: String {
            var digest = PlanDigest(
                formatVersion: version, address: address, organisation: organisation, target: target)
            for number in isTwice ? [0, 1] : [0] {
                digest.add(
                    project: number == 0 ? project : Sample.project(99), planClass: planClass, reason: reason,
                    live: live, body: body, role: role, wave: wave)
            }
            return digest.finish()
        }
    }

    static let changes: [@Sendable (inout Plan) -> Void] = [
        { $0.version = 2 }, { $0.address += "/" }, { $0.organisation = nil },
        { $0.organisation = Sample.id("01", OrganisationID.self) }, { $0.project = Sample.project(2) },
        { $0.planClass = .reversible }, { $0.reason = .oneWay }, { $0.live = nil }, { $0.live = "" },
        { $0.live = "{ }" }, { $0.body = nil }, { $0.body = #"{"a":2}"# },
        { ($0.live, $0.body) = ($0.body, $0.live) }, { $0.isTwice = true },
        { $0.wave = 1 }, { $0.role = Sample.role.text }, { $0.target = "{ }" },
    ]

    @Test func eachPartCounts() {
        let digests = Self.changes.map { change in
            var plan = Plan()
            change(&plan)
            return plan.digest
        }
        #expect(Plan().digest == Plan().digest)
        #expect(Set(digests + [Plan().digest]).count == Self.changes.count + 1)
    }

    @Test func hasItsForm() {
        #expect(Plan().digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(Hex.digest(of: []) == empty && ByteDigest().finish() == empty)
        var pieces = ByteDigest()
        for byte: UInt8 in [1, 2, 3] { withUnsafeBytes(of: byte) { pieces.add($0) } }
        #expect(pieces.finish() == Hex.digest(of: [1, 2, 3]))
    }
}
