import FleetCSV
import Testing

/// Goal: a file that is no fleet CSV is one error that says what it is. Method: each kind as programs write it, short
/// and with two hundred lines, at once and byte by byte.
@Suite struct ForeignFileTests {
    private static let id = FleetReaderTests.a

    static let texts: [(ForeignFile, String)] =
        [
            (.separators(";"), "project_id;name\n"),
            (.separators(";"), "\u{FEFF}\"project_id\";\"name, x\"\r\n"),
            (.separators(";"), "team;Project Id\n"), (.separators("\t"), "project_id\tname\n"),
            (.separators("|"), "project_id|name\n"),
            (.separators("|"), "  project_id  | name\n------+----\n"),
            (.separators("|"), "+----+----+\n| project_id | name |\n+----+----+\n"),
            (.separators(";"), "name;team\n"), (.separatorLine(";"), "sep=;\nproject_id;name\n"),
            (.separatorLine(","), "\"sep=,\"\nproject_id,name\n"),
            (.separatorLine("\t"), "SEP=\t\nproject_id\tname\n"),
            (.powerShell, "#TYPE System.Object\nproject_id,name\n"),
            (.powerShell, "\"#TYPE X\"\r\nproject_id\r\n"),
            (.comment, "# exported today\nproject_id,name\n"), (.comment, "#project_id,name\n"),
            (.title(header: 2), "Fleet of November\nproject_id,name\n"),
            (.title(header: 4), "Fleet,,\n,,\nby ops,,\nproject_id,name,team\n"),
            (.title(header: 2), "Report: all\nproject_id\n"),
            (.json, "[\n  {\"project_id\": \"x\"}\n]\n"), (.json, "\n{\"project_id\": \"x\"}\n{}\n"),
            (.jsonTexts, #""\"project_id\",\"name\""\#n"#), (.jsonTexts, #""\"project_id\"""#),
            (.json, "[\"project_id\",\"name\"]\n"),
            (.quotedLines(","), "\"project_id,name\"\n\"a,b\"\n"),
            (.quotedLines(","), "\"project_id,\"\"the, name\"\",team\"\r\n\"a,\"\"b, c\"\",d\"\r\n"),
            (.quotedLines(","), "\"name,\"\"project_id\"\"\",,\n"),
            (.quotedLines(";"), "\"project_id;name;wave\"\n"),
            (.quotedLines(";"), "\u{FEFF}\"Team;Project Id\"\r\n\"a;b\"\r\n"),
            (.quotedLines(";"), "\"\"\"project_id\"\";\"\"a, b\"\"\";;\n"),
            (.quotedLines("\t"), "\"project_id\tname\"\n"),
            (.quotedLines("\t"), "\"\"\"projectId\"\"\t\"\"name\"\"\"\n"),
            (.quotedLines("|"), "\"group_id|name\"\n"),
            (.quotedLines("|"), "\" project.id | name \"\n"),
            (.terraform, "project_ids = {\n  \"a\" = \"b\"\n}\n"), (.terraform, "ids = [\n\"a\",\n]\n"),
            (.yaml, "keyshift: 1\nname: x\n"), (.yaml, "projects:\n  - id: x\n"),
            (.atlasTable, "ID                         NAME\n"), (.atlasTable, "ID\t\t\t\tNAME\n"),
            (.atlasTable, "ID    NAME   ORG_ID\n"), (.noHeader, "\(id),prod\n"), (.noHeader, "prod;\(id)\n"),
            (.markup, "<!DOCTYPE html>\n<html>\n"), (.markup, "\n  <html lang=\"en\">\n"),
            (.markup, "\u{FEFF}<?xml version=\"1.0\"?>\n"), (.macLines, "project_id,name\r\(id),x\r"),
            (.macLines, "project_id\r\(id)"),
        ] + mojibake + programs

    static let mojibake: [(ForeignFile, String)] = [
        "ï»¿", "Ã¯Â»Â¿", "ÃƒÂ¯Ã‚Â»Ã‚Â¿", "п»ї", "Ôªø", "∩╗┐", "´╗┐",
    ].flatMap { mark -> [(ForeignFile, String)] in
        [
            (.mojibake(mark), "\(mark)project_id,project_name\n"),
            (.mojibake(mark), "\(mark)\"project_id\";name\n"),
            (.mojibake(mark), "\"\(mark)team\",project_id\r\n"),
            (.mojibake(mark), "\u{FEFF}\(mark)group_id\n"),
        ]
    }

    static let programs: [(ForeignFile, String)] = [
        (.program("SQL"), "SELECT id, name FROM projects;\n"),
        (.program("SQL"), "select\n  project_id,\n  name\nfrom p\n"),
        (.program("SQL"), "-- the fleet\nINSERT INTO fleet (project_id, name) VALUES ('a', 'b');\n"),
        (.program("SQL"), "WITH p AS (SELECT 1)\nSELECT * FROM p;\n"),
        (.program("SQL"), "BEGIN;\nCOPY t FROM stdin;\n"),
        (.program("JavaScript"), "const ids = [\"a\", \"b\"];\nids.forEach(f);\n"),
        (.program("JavaScript"), "'use strict';\nmodule.exports = {};\n"),
        (.program("JavaScript"), "import { a, b } from 'x';\n"),
        (.program("JavaScript"), "db.projects.find({});\n"),
        (.program("JavaScript"), "function f(a, b) {\n  return a;\n}\n"),
        (.program("JavaScript"), "#!/usr/bin/env node\nlet x;\n"),
        (.program("Python"), "#!/usr/bin/python3\nimport os\n"),
        (.program("Python"), "# notes\nimport csv\nprint(1)\n"),
        (.program("Python"), "from x import y, z\n"), (.program("Python"), "def f(a, b):\n    pass\n"),
        (.program("a shell script"), "#!/bin/bash\nset -e\n"),
        (.program("a shell script"), "#!/usr/bin/env zsh\nx\n"),
        (.program("a shell script"), "# fleet\nfor p in a b; do\n  echo $p;\ndone\n"),
        (.program("a shell script"), "curl -s https://x | jq .\n"),
        (.program("PowerShell"), "$fleet = Import-Csv x.csv\n"),
        (.program("PowerShell"), "param(\n  $a;\n)\n"),
        (
            .program("Terraform's configuration"),
            "resource \"mongodbatlas_project\" \"a\" {\n  name = \"x\"\n}\n"
        ),
        (.program("program text"), "/* fleet */\nint main() {\n"),
        (.program("program text"), "// ids; names\nx = 1;\n"),
        (.program("program text"), "package main\n\nimport \"fmt\"\n"),
        (.program("program text"), "x = f(1); y = 2;\n"),
        (.program("a settings file (INI)"), "[default]\nid = x\n"),
        (.program("a template"), "{{ project_id }}\n"), (.program("a template"), "{% for p in fleet %}\n"),
        (.program("Perl"), "use strict;\nmy $x = 1;\n"),
        (.program("Visual Basic"), "Sub Export()\nEnd Sub\n"),
        (.program("SQL"), "USE fleet;\nSELECT 1;\n"),
        (.program("Markdown"), "# Fleet\n\n| project_id | name |\n|---|---|\n"),
        (.program("Markdown"), "| project_id | name |\n| --- | :-: |\n"),
        (.program("Markdown"), "## Projects; all\n- a\n- b\n"),
        (.program("Markdown"), "```csv\nproject_id,name\n```\n"),
    ]

    @Test(arguments: texts.indices) func isToldOnce(index: Int) {
        let (kind, text) = Self.texts[index]
        Self.check(kind, Array(text.utf8))
        if kind != .macLines {
            // What follows is no error of its own.
            let more = String(repeating: "zz\"z;\(Self.id),x\n", count: 5000)
            Self.check(kind, Array((text + more).utf8))
        }
    }

    static let bytes: [(ForeignFile, [UInt8])] = [
        (.utf16, [0xFF, 0xFE] + utf16("project_id,a\r\n")),
        (.utf16, [0xFE, 0xFF] + utf16("project_id,a\r\n", isBig: true)), (.utf16, utf16("project_id,ä\r\n")),
        (.utf16, utf16("\"project_id\"\tname\n", isBig: true)), (.utf32, [0xFF, 0xFE, 0, 0, 0x70, 0, 0, 0]),
        (.zip, [0x50, 0x4B, 3, 4, 20, 0, 6]),
        (.oldExcel, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0]),
        (.compressed("gzip"), [0x1F, 0x8B, 8, 0]), (.compressed("zstd"), [0x28, 0xB5, 0x2F, 0xFD, 1]),
        (.pdf, Array("%PDF-1.7\n".utf8)), (.database, Array("SQLite format 3\0\u{10}".utf8)),
        (.richText, Array(#"{\rtf1\ansi"#.utf8)),
    ]

    @Test(arguments: bytes.indices) func bytesAreToldOnce(index: Int) {
        let (kind, bytes) = Self.bytes[index]
        Self.check(kind, bytes)
        let more = kind == .utf16 ? bytes.suffix(8) : [0x0A, 0xFF, 0x22, 0x00]
        Self.check(kind, bytes + Array(repeating: more, count: 20_000).joined())
    }

    static func utf16(_ text: String, isBig: Bool = false) -> [UInt8] {
        text.utf16.flatMap { unit in
            isBig ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
        }
    }

    private static func check(_ kind: ForeignFile, _ bytes: [UInt8]) {
        for pieces in [1000, bytes.count] + (bytes.count < 5000 ? [1] : []) {
            var reader = FleetReader()
            var rest = bytes[...]
            while !rest.isEmpty {
                reader.feed(Array(rest.prefix(pieces))) { _, _ in Issue.record("a row") }
                rest = rest.dropFirst(pieces)
            }
            reader.finish { _, _ in Issue.record("a row") }
            #expect(reader.problems.kept.map(\.kind) == [.foreign(kind)] && reader.problems.count == 1)
            #expect(reader.isForeign && reader.header == nil)
            #expect(
                reader.problems.kept.allSatisfy {
                    $0.message.count > 20 && !$0.message.hasPrefix("not a CSV")
                })
        }
    }

    @Test func whatNamesItsIDIsACSV() {
        for header in [
            "project_id", "name,project_id", "\"project_id\",\"a;b|c\"", "#,project_id", "project_id,a: b",
        ] {
            let cells = header.filter { $0 == "," }.count
            let row =
                header.hasPrefix("project_id") || header.hasPrefix("\"")
                ? "\(Self.id)" + String(repeating: ",", count: cells)
                : ",\(Self.id)"
            #expect(FleetReaderTests.problems("\(header)\n\(row)\n").isEmpty, "\(header)")
        }
    }

    @Test func withoutAnythingNearAnIDOnlyTheHeaderIsTold() {
        let text = "ID,NAME\n" + String(repeating: "x\n", count: 200)
        #expect(
            FleetReaderTests.problems(text) == [FleetReaderTests.at(1, 1, .noIDColumn(nearest: "ID"))])
    }

    /// A separator is advised where there is a table, and nowhere else.
    @Test(arguments: programs.indices) func aProgramIsNoTable(index: Int) {
        let message = CSVProblem(.foreign(Self.programs[index].0), at: .start).message
        #expect(!message.contains("--delimiter") && message.contains("not a CSV"), "\(message)")
    }

    @Test func sentencesAreNoTables() {
        for text in ["Dear all; here are the projects\nBest\n", "a;\n", "a; b; c\nd\n", "x|\n"] {
            let found = FleetReaderTests.problems(text)
            #expect(found.count == 1 && !found[0].message.contains("--delimiter"), "\(text): \(found)")
        }
    }

    /// Words of a language may begin a header or a title.
    @Test func wordsOfProgramsInSheets() {
        for header in ["project_id,select", "set,project_id", "from,project_id", "class;x,project_id"] {
            let row = header.split(separator: ",").map { $0 == "project_id" ? Self.id : "x" }.joined(
                separator: ",")
            #expect(FleetReaderTests.problems("\(header)\n\(row)\n").isEmpty, "\(header)")
        }
        #expect(
            FleetReaderTests.problems("Update of November\nproject_id,name\n").map(\.kind)
                == [.foreign(.title(header: 2))])
    }

    @Test func emptyRowsAreSkipped() {
        let text = ",,\nproject_id,a,b\n\"\",,\n\(Self.id),,\n,,\r\n,,,,,,\n,\n\n,,"
        let (rows, reader) = FleetReaderTests.read(text)
        #expect(reader.problems.isEmpty && rows.map(\.line) == [4])
        #expect(FleetReaderTests.problems("project_id,a,b\n, ,\n").map(\.position.line) == [2])
    }
}
