import FleetCSV
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("nmae", "name"), ("Name", "name"), ("rolid", "roleId"), ("roleID", "roleId"), ("zzz", nil),
        ("", nil),
        ("googleCloudKMS", "googleCloudKms"), (String(repeating: "name", count: 100), nil),
    ])
    func nearest(name: String, expected: String?) {
        #expect(NearestName.of(name, among: ["name", "roleId", "googleCloudKms"]) == expected)
    }

    @Test func excerptsAreShortAndOnOneLine() {
        #expect(Excerpt.of("a\nb\u{202E}c") == "“a\u{FFFD}b\u{FFFD}c”")
        #expect(Excerpt.of(String(repeating: "x", count: 1000)).unicodeScalars.count == 63)
    }
}
