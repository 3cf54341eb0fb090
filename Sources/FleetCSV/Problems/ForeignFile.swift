/// What a file is instead of a CSV (or a target file), judged by its first bytes and lines, so that it is told once
/// and not as an error in each of its lines.
package enum ForeignFile: Hashable, Sendable {
    // Of any text that was expected.
    case utf16
    case utf32
    /// xlsx, ods, Numbers, or any other zip archive.
    case zip
    case oldExcel
    /// The name of the program that made it so.
    case compressed(String)
    case pdf
    case richText
    case database
    case markup
    /// A byte order mark as another encoding shows it; what stands there.
    case mojibake(String)

    // Of a sheet.
    case macLines
    case json
    /// A JSON text in each line: jq without -r.
    case jsonTexts
    /// Each line is one quoted field; what stands between the columns inside.
    case quotedLines(Unicode.Scalar)
    case terraform
    case yaml
    case separators(Unicode.Scalar)
    /// Excel's `sep=;`; the separator that it names.
    case separatorLine(Unicode.Scalar?)
    case powerShell
    case comment
    case atlasTable
    /// Lines above the header, which is on this line.
    case title(header: Int)
    case noHeader
    /// The name of what it is written in.
    case program(String)

    // Of a target file.
    case sheet
    case terraformCode

    /// What it is and what to do, for somebody who gave it as a fleet CSV.
    var sheetMessage: String {
        switch self {
        case .utf16, .utf32:
            "the file is \(self == .utf16 ? "UTF-16" : "UTF-32"), not UTF-8; save it as UTF-8 "
                + "(Excel: “CSV UTF-8”; PowerShell: -Encoding utf8)"
        case .zip: "an Excel workbook or another zip archive, not a CSV; in Excel save it as “CSV UTF-8”"
        case .oldExcel: "an old Excel workbook, not a CSV; in Excel save it as “CSV UTF-8”"
        case .macLines:
            "its lines end with a carriage return alone; save it as “CSV UTF-8”, or end lines with LF or CRLF"
        case .json: "JSON, not CSV; make one of it, such as with: " + Self.jq
        case .jsonTexts: "each line is a JSON text, as jq writes it; give jq the option -r, as in: " + Self.jq
        case .quotedLines(let separator):
            "the header stands between quotes as a whole, as if it were one column; take the quotes around each line "
                + "off, and single the doubled ones inside (jq: -r)" + Self.quotedSeparator(separator)
        case .terraform:
            "Terraform's output, not CSV; make one of it with terraform output -json and: " + Self.jq
        case .yaml: "YAML, not CSV; give the fleet CSV here, and a target file as --target"
        case .separatorLine(let separator):
            "Excel's “sep=” line is no header; take it out" + Self.delimiter(separator, " and give", " too")
        case .powerShell:
            "PowerShell's #TYPE line is no header; export with -NoTypeInformation -Encoding utf8"
        case .comment: "a line that begins with # is no header; take the comment out"
        case .atlasTable:
            "a table for people, not CSV; export it anew: atlas projects list --limit 500 -o json | "
                + #"jq -r '["project_id","project_name"], (.results[] | [.id, .name]) | @csv'"#
        case .title(let line): "this is not the header, which is on line \(line); take out the lines above it"
        case .noHeader: "the file has no header row; begin it with one that names project_id"
        case .separators(let separator): Self.separatorsMessage(separator)
        case .program(let language): "\(language), not a CSV; give the sheet with a row for each project here"
        default: message("a CSV")
        }
    }

    /// The same for somebody who gave it as a target file.
    package var targetMessage: String {
        switch self {
        case .utf16, .utf32: "the file is \(self == .utf16 ? "UTF-16" : "UTF-32"); save it as UTF-8"
        case .sheet:
            "a CSV, not a target file; give it as plan's first argument, and a target file as --target"
        case .terraformCode: "Terraform's “name = value”, not YAML; write “name: value”, as in plans/*.yaml"
        default: message("a target file")
        }
    }

    private func message(_ wanted: String) -> String {
        switch self {
        case .zip, .oldExcel: "an Excel workbook or another archive, not \(wanted); give a text file in UTF-8"
        case .compressed(let program): "compressed with \(program), not \(wanted); unpack it first"
        case .pdf: "a PDF, not \(wanted); give a text file in UTF-8"
        case .richText: "rich text (RTF), not \(wanted); save it as plain text in UTF-8"
        case .database:
            "an SQLite database such as a job, not \(wanted); give the file that it was planned from"
        case .mojibake(let mark):
            "it begins with “\(mark)”, a byte order mark that was read in another encoding, so other letters are "
                + "garbled too; export the file anew and save it as UTF-8"
        case .markup: "HTML or XML, perhaps a sign-in page, not \(wanted); download the file anew, signed in"
        default: "not \(wanted); give a text file in UTF-8"
        }
    }

    private static let jq = #"jq -r '["project_id","project_name"], (.[] | [.id, .name]) | @csv'"#

    private static func separatorsMessage(_ separator: Unicode.Scalar) -> String {
        let name =
            switch separator {
            case "\t": "tabs"
            case ",": "commas"
            default: "“\(String(separator))”"
            }
        let what = "the header's columns stand between \(name)"
        return switch separator {
        case ",": what + "; leave --delimiter out"
        case "|": what + "; save the file with commas (psql: --csv)"
        default: what + delimiter(separator, "; give", ", or save the file with commas")
        }
    }

    private static func quotedSeparator(_ separator: Unicode.Scalar) -> String {
        switch separator {
        case "|": ", and write commas for the “|”"
        default: delimiter(separator, ", and give", "")
        }
    }

    private static func delimiter(_ separator: Unicode.Scalar?, _ before: String, _ after: String) -> String {
        switch separator {
        case ";": "\(before) --delimiter ';'\(after)"
        case "\t": "\(before) --delimiter tab\(after)"
        default: ""
        }
    }
}
