import FleetCSV
import Testing

/// Goal: no spelling of a guard's column switches the guard off. Method: many spellings of each, as people and
/// programs write them, at the place of the column.
@Suite struct HeaderSpellingTests {
    private static let id = FleetReaderTests.a

    static let spellings: [(String, String)] = [
        ("project_name" + String(repeating: " ", count: 200), "project_name"),
        (String(repeating: "\u{A0}", count: 70) + "wave", "wave"),
        ("wave" + String(repeating: "_", count: 90), "wave"),
        ("projectName", "project_name"), ("Project_Name", "project_name"), (" project_name", "project_name"),
        ("project_name ", "project_name"), ("PROJECT NAME", "project_name"), ("project-name", "project_name"),
        ("project__name", "project_name"), ("projectname", "project_name"),
        ("project\u{200B}_name", "project_name"),
        ("project.name", "project_name"), ("'project_name'", "project_name"),
        ("project/name", "project_name"),
        ("project:name", "project_name"), ("project\u{2013}name", "project_name"),
        ("`project_name`", "project_name"), ("[Project Name]", "project_name"),
        ("*project_name", "project_name"),
        ("project\\name", "project_name"), ("project_name:", "project_name"),
        ("#project_name", "project_name"),
        ("project names", "project_name"), ("projectnames", "project_name"), ("GroupNames", "project_name"),
        ("\u{FF50}\u{FF52}oject_name", "project_name"), ("project\u{FF3F}name", "project_name"),
        ("\u{1D429}roject_name", "project_name"), ("\u{24DF}roject_name", "project_name"),
        ("\u{440}roject_name", "project_name"), ("project_n\u{430}me", "project_name"),
        ("pr\u{3BF}ject_n\u{3B1}me", "project_name"), ("\u{420}ROJ\u{415}CT_NAM\u{415}", "project_name"),
        ("PROJECT_\u{39D}AME", "project_name"), ("proj\u{E9}ct_name", "project_name"),
        ("proje\u{301}ct_name", "project_name"), ("pro\u{458}ect name", "project_name"),
        ("waves", "wave"), ("(wave)", "wave"), ("Wave:", "wave"), ("wave*", "wave"), ("wave?", "wave"),
        ("\u{201C}wave\u{201D}", "wave"), ("\u{FF57}\u{FF41}\u{FF56}\u{FF45}", "wave"),
        ("\u{3C9}ave", "wave"), ("w\u{430}v\u{435}", "wave"), ("wa\u{3BD}e", "wave"), ("\u{461}ave", "wave"),
        ("w\u{E4}ve", "wave"), ("wav\u{212F}", "wave"), ("\u{1F306}wave", "wave"), ("wa\u{2174}e", "wave"),
        ("project.id", "project_id"), ("Project IDs", "project_id"), ("'group_id'", "project_id"),
        ("group\u{2014}id", "project_id"), ("pro\u{458}ect\u{456}d", "project_id"),
        ("project/id", "project_id"),
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
        for (name, number) in [
            ("wave\u{A0}", "U+00A0"), ("wave\u{200B}", "U+200B"), (" wave", "U+0020"),
            ("w\u{430}ve", "U+0430"),
            ("wav\u{FF45}", "U+FF45"),
        ] {
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
        "wavelength", "project", "project_name_old", "name", "region", "csv.wave", "Wave 1", "id", "",
        "key_wave",
        "wave2", "wave_1", "wavess", "names", "groups", "project_nick", "old_project_name", "my.project.id",
        "role_id", "roles", "project_id_2", "1wave", "wave\u{FF12}", "\u{6CE2}wave", "wave\u{416}", "ids",
        "ave",
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
