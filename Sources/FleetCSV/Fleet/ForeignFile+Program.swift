// Programs, scripts and notes that somebody gave as a sheet.
extension ForeignFile {
    /// What the lines are written in, by how they begin; nil for nothing that is known here.
    static func language(of lines: [String]) -> String? {
        let lines = lines.map(\.trimmedOfBlanks)
        if let first = lines.first, first.hasPrefix("#!") { return interpreter(first) }
        if isMarkdown(lines) { return "Markdown" }
        if isSettings(lines) { return "a settings file (INI)" }
        if let first = lines.first, first.hasPrefix("{{") || first.hasPrefix("{%") { return "a template" }
        // Notes may stand above.
        let code = lines.drop { $0.hasPrefix("#") && !$0.hasPrefix("#include") }
        guard let first = code.first else { return nil }
        let begins = { (marks: [String]) in marks.contains(where: first.hasPrefix) }
        if let language = beginnings.first(where: { begins($0.marks) })?.language { return language }
        if isSQL(first, Array(code)) { return "SQL" }
        let ends = ["{", "}", "(", ");", "=>", "};"]
        let isCode = ends.contains { end in code.contains { $0 == end || $0.hasSuffix(" " + end) } }
        return begins(["//", "/*"]) || isCode || first.hasSuffix(";") && first.contains("=")
            ? "program text" : nil
    }

    private static let beginnings: [(language: String, marks: [String])] = [
        ("Perl", ["use strict", "use warnings", "my $"]),
        ("Visual Basic", ["Sub ", "Attribute VB_", "Option Explicit", "Public Sub ", "Private Sub "]),
        (
            "JavaScript",
            [
                "const ", "let ", "var ", "function ", "async ", "export ", "module.exports", "require(",
                "'use strict'", "\"use strict\"", "db.", "console.", "import {", "import * ", "interface ",
                "(function", "(() ", "(async",
            ]
        ),
        (
            "Python",
            [
                "def ", "import os", "import sys", "import json", "import csv", "import re",
                "import requests",
                "from ", "print(", "\"\"\"", "if __name__", "with open(", "class ",
            ]
        ),
        (
            "PowerShell",
            [
                "$", "param(", "Param(", "Get-", "Import-", "Connect-", "Write-", "Set-", "[CmdletBinding",
                "<#",
            ]
        ),
        (
            "Terraform's configuration",
            [
                "resource \"", "provider \"", "variable \"", "module \"", "data \"", "output \"", "locals {",
                "terraform {",
            ]
        ),
        (
            "a shell script",
            [
                "set -", "echo ", "curl ", "atlas ", "for ", "while ", "if [", "cd ", "source ", "sudo ",
                "keyshift ", "jq ", "eval ", "trap ",
            ]
        ),
        (
            "program text",
            [
                "#include", "package ", "using ", "public ", "namespace ", "func ", "fn ", "import ", "use ",
                "@echo",
            ]
        ),
    ]

    private static func interpreter(_ line: String) -> String {
        line.contains("python")
            ? "Python"
            : line.contains("node") ? "JavaScript" : line.contains("sh") ? "a shell script" : "a script"
    }

    private static let statements: Set<String> = [
        "select", "insert", "update", "delete", "create", "alter", "drop", "with", "begin", "copy", "use",
        "set",
        "merge", "grant", "declare", "explain", "truncate", "start", "replace", "pragma",
    ]
    private static let clauses: Set<String> = [
        "from", "into", "values", "table", "where", "transaction", "join",
    ]

    /// A word of SQL alone begins many a title: a second one, or a statement's end, has to follow.
    private static func isSQL(_ first: String, _ lines: [String]) -> Bool {
        let words = { (line: String) in
            line.lowercased().split { !$0.isLetter && $0 != "_" }.map(String.init)
        }
        let begin = lines.first { !$0.hasPrefix("--") && !$0.hasPrefix("/*") } ?? first
        guard statements.contains(begin.lowercased().prefix(while: \.isLetter).description) else {
            return first.hasPrefix("-- ")
        }
        return lines.contains { $0.hasSuffix(";") || words($0).contains(where: clauses.contains) }
    }

    /// `[default]`, and `name = value` below it.
    private static func isSettings(_ lines: [String]) -> Bool {
        guard let first = lines.first, first.wholeMatch(of: /\[[A-Za-z][A-Za-z0-9 ._-]*\]/) != nil else {
            return false
        }
        return lines.dropFirst().contains { $0.contains("=") }
    }

    private static func isMarkdown(_ lines: [String]) -> Bool {
        guard let first = lines.first else { return false }
        let isRule = { (line: String) in
            line.contains("---") && line.unicodeScalars.allSatisfy { "|-: ".unicodeScalars.contains($0) }
        }
        if first.hasPrefix("|"), lines.dropFirst().first.map(isRule) == true { return true }
        if first.hasPrefix("```") { return true }
        let isItem = { (line: String) in
            line.prefixMatch(of: /(?:[#]{1,6}|[*>-]|[0-9]+\.)\s/) != nil
        }
        return isItem(first)
            && lines.dropFirst().contains { isItem($0) || $0.hasPrefix("```") || $0.hasPrefix("|") }
    }
}
