@testable import AtlasAPI
@testable import MigrationCore
import Reporting
import Testing

/// Goal: a row of the inventory says what is known of a project, and the table counts it. Method: one project in each
/// posture.
@Suite struct InventoryTextTests {
    static let role = RoleID("6500000000000000000000c1")
    static let google = Posture(
        providers: [.googleCloudKms], auth: .static, isValid: true, searchNodes: false, key: "k",
        roleStanding: .one("COMPLETE"), serviceAccount: "sa", candidate: role)

    @Test(
        arguments: [
            (google, "googleCloudKms,static,true,off,k,,COMPLETE,sa,6500000000000000000000c1"),
            (
                Posture(
                    providers: [.awsKms], auth: .role, isValid: false, searchNodes: true, role: role,
                    roleStanding: .notListed, candidate: role),
                "awsKms,role,false,on,,6500000000000000000000c1,not listed,,6500000000000000000000c1"
            ),
            (
                Posture(
                    providers: [.azureKeyVault], auth: .static, isValid: true, searchNodes: false,
                    roleStanding: .several(2)), "azureKeyVault,static,true,off,,,2 roles,,"
            ),
            (Posture(auth: .none, searchNodes: true), "none,none,,on,,,,,"),
            (
                Posture(
                    providers: [.awsKms, .googleCloudKms], auth: .several, isValid: false, searchNodes: false),
                "awsKms+googleCloudKms,several,false,off,,,,,"
            ),
            (Posture(auth: .unreadable), "unreadable,unreadable,unreadable,unreadable,,,,,"),
        ]) func rows(posture: Posture, cells: String) throws
    {
        let json = #"{"id":"6400000000000000000000a1","name":"a","orgId":"5f0000000000000000000001"}"#
        let value = try #require(JSONValue(parsing: Array(json.utf8)))
        let listed = try #require(ListedProject(value))
        let row = InventoryCSV.row(listed, posture)
        #expect(row.hasPrefix("6400000000000000000000a1,a,5f0000000000000000000001," + cells), "\(row)")
        #expect(
            row.split(separator: ",", omittingEmptySubsequences: false).count
                == InventoryCSV.header.split(separator: ",").count)
    }

    @Test func theTableCountsEachOnce() {
        var summary = InventorySummary()
        var broken = Self.google
        (broken.isValid, broken.candidate) = (false, nil)
        let both = Posture(
            providers: [.awsKms, .googleCloudKms], auth: .several, isValid: false, searchNodes: true)
        for posture in [Self.google, broken, both, Posture(auth: .unreadable), Posture(auth: .none)] {
            summary.count(posture)
        }
        let text = summary.text
        #expect(text.hasPrefix("5 projects\n") && text.contains("With static credentials: 2; 1 of them"))
        let counts = text.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(
            counts.contains { $0.suffix(3) == ["2", "0", "1"] }, "of several nobody knows which: \(text)")
        for word in ["provider", "several", "unreadable", "on"] {
            #expect(counts.contains { $0.suffix(2).map(String.init) == [word, "1"] }, "\(text)")
        }
    }
}
