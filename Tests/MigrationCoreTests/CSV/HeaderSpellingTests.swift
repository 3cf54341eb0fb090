import MigrationCore
import Testing

/// Goal: no spelling of a guard's column switches the guard off. Method: many spellings of each, as people and
/// programs write them, at the place of the column.
@Suite struct HeaderSpellingTests {
    private static let id = FleetReaderTests.a

    static let spellings: [(String, String)] = [
        ("projectName", "project_name"), ("Project_Name", "project_name"), (" project_name", "project_name"),
        ("project_name ", "project_name"), ("PROJECT NAME", "project_name"), ("project-name", "project_name"),
        ("project__name", "project_name"), ("projectname", "project_name"),
        ("project\u{200B}_name", "project_name"),
        ("group_name", "project_name"), ("groupName", "project_name"), ("GROUP NAME", "project_name"),
        ("project\u{2011}name", "project_name"), ("project_name\u{FEFF}", "project_name"),
        ("Wave", "wave"), ("WAVE", "wave"), ("wave\u{A0}", "wave"), ("\u{3000}wave", "wave"),
        ("wa ve", "wave"),
        ("_wave_", "wave"), ("wave\u{200D}", "wave"), ("w\u{AD}ave", "wave"), ("wave\t", "wave"),
        ("Project_ID", "project_id"), ("projectid", "project_id"), ("PROJECT-ID", "project_id"),
        ("Group Id", "project_id"), ("GroupID", "project_id"), ("group_id\u{200E}", "project_id"),
    ]

    @Test(arguments: spellings) func isAnError(name: String, word: String) {
        let problem = FleetReaderTests.at(1, 14, .misspelledColumn(name, word: word))
        #expect(FleetReaderTests.problems("a,project_id,\(name)\n1,\(Self.id),\n") == [problem])
        #expect(problem.message.contains(word))
    }

    @Test func namesWhatCannotBeSeen() {
        for (name, number) in [("wave\u{A0}", "U+00A0"), ("wave\u{200B}", "U+200B"), (" wave", "U+0020")] {
            let found = FleetReaderTests.problems("project_id,\(name)\n")
            #expect(found.first?.message.contains(number) == true, "\(found.first?.message ?? "")")
        }
    }

    @Test func withoutAnIDColumnItIsTheOnlyErrorOfTheID() {
        #expect(
            FleetReaderTests.problems("Project ID,x\n1,2\n3\n") == [
                FleetReaderTests.at(1, 1, .misspelledColumn("Project ID", word: "project_id")),
                FleetReaderTests.at(3, 1, .rowLength(expected: 2, found: 1)),
            ])
    }

    @Test(arguments: [
        "waves", "wavelength", "project", "project_name_old", "name", "region", "project.name", "csv.wave",
        "Wave 1",
        "projectnames", "id", "",
    ])
    func otherNamesAreVariables(name: String) {
        let found = FleetReaderTests.problems("project_id,\(name)\n\(Self.id),1\n")
        #expect(found.allSatisfy { $0.kind == .namelessColumn() } && found.isEmpty == !name.isEmpty)
    }

    @Test func theWordsThemselvesAreGuards() {
        let (rows, reader) = FleetReaderTests.read("project_id,project_name,wave\n\(Self.id),n,3\n")
        #expect(reader.problems.isEmpty && rows.first?.name == "n" && rows.first?.wave == 3)
    }
}
