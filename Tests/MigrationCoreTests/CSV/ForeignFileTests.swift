import MigrationCore
import Testing

/// Goal: a file that is no fleet CSV is one error that says what it is. Method: each kind as programs write it, short
/// and with two hundred lines, at once and byte by byte.
@Suite struct ForeignFileTests {
    private static let id = FleetReaderTests.a

    static let texts: [(ForeignFile, String)] = [
        (.separators(";"), "project_id;name\n"), (.separators(";"), "\u{FEFF}\"project_id\";\"name, x\"\r\n"),
        (.separators(";"), "team;Project Id\n"), (.separators("\t"), "project_id\tname\n"),
        (.separators("|"), "project_id|name\n"), (.separators("|"), "  project_id  | name\n------+----\n"),
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

    @Test func emptyRowsAreSkipped() {
        let text = ",,\nproject_id,a,b\n\"\",,\n\(Self.id),,\n,,\r\n,,,,,,\n,\n\n,,"
        let (rows, reader) = FleetReaderTests.read(text)
        #expect(reader.problems.isEmpty && rows.map(\.line) == [4])
        #expect(FleetReaderTests.problems("project_id,a,b\n, ,\n").map(\.position.line) == [2])
    }
}
