import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: a YAML error names the character that made it, where it stands. Method: files with ⟦ before that character, in
/// keys, values and indentation.
@Suite struct YAMLCharacterTests {
    private static let head = "keyshift: 1\nname: x\n"
    private static let on = "enabledForSearchNodes: true\n"

    static let causes: [(String, SyntaxCause)] = [
        (head + "target:\n⟦\tenabledForSearchNodes: true\n", .tab),
        (head + "target:\n  googleCloudKms:\n⟦\t roleId: auto\n", .tab),
        (head + "target:\n  googleCloudKms:\n  ⟦\t  roleId: auto\n", .tab),
        (head + "target:\n⟦\u{A0}\u{A0}\(on)", .oddCharacter("\u{A0}")),
        (head + "target:\n  enabledForSearchNodes:⟦\u{A0}true\n", .oddCharacter("\u{A0}")),
        (head + "target:\n  enabledForSearchNodes: true⟦\u{A0}\n", .oddCharacter("\u{A0}")),
        (head + "target:\n  enabledForSearch⟦\u{200B}Nodes: true\n", .oddCharacter("\u{200B}")),
        (head + "target:\n  enabledForSearchNodes: tr⟦\u{200B}ue\n", .oddCharacter("\u{200B}")),
        (head + "target:\n  googleCloudKms:\n  ⟦\u{3000}roleId: auto\n", .oddCharacter("\u{3000}")),
        (head + "target:\n  azureKeyVault:\n    keyVaultName: a⟦\u{2009}b\n", .oddCharacter("\u{2009}")),
        (head + "target:\n  azureKeyVault:\n    keyVaultName: 'a⟦\u{200B}'\n", .oddCharacter("\u{200B}")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦\u{201C}auto\u{201D}\n", .oddCharacter("\u{201C}")),
        (
            head + "target:\n  azureKeyVault:\n    keyVaultName: ⟦\u{2018}kv\u{2019}\n",
            .oddCharacter("\u{2018}")
        ),
        ("keyshift: 1\nname: ⟦\u{201C}x\u{201D}\ntarget:\n  \(on)", .oddCharacter("\u{201C}")),
        (head + "target:\n  ⟦\u{201C}enabledForSearchNodes\u{201D}: true\n", .oddCharacter("\u{201C}")),
        ("keyshift⟦\u{FF1A}1\nname: x\ntarget:\n  \(on)", .oddCharacter("\u{FF1A}")),
        ("keyshift: 1\nname⟦\u{FF1A}x\ntarget:\n  \(on)", .oddCharacter("\u{FF1A}")),
        ("keyshift: 1\nname⟦\u{FF1A} x\ntarget:\n  \(on)", .oddCharacter("\u{FF1A}")),
        (head + "target⟦\u{FF1A}\n  \(on)", .oddCharacter("\u{FF1A}")),
        (head + "target:\n  enabledForSearchNodes⟦\u{FF1A}true\n", .oddCharacter("\u{FF1A}")),
        (head + "target:\n  enabledForSearchNodes⟦\u{FE55} true\n", .oddCharacter("\u{FE55}")),
        (head + "target:\n  googleCloudKms⟦\u{2236}\n    roleId: auto\n", .oddCharacter("\u{2236}")),
        (head + "target:\n  googleCloudKms:\n    roleId⟦\u{FF1A}auto\n", .oddCharacter("\u{FF1A}")),
        (head + "target:\n  googleCloudKms: { roleId⟦\u{FF1A} auto }\n", .oddCharacter("\u{FF1A}")),
        (head + "target:\n  googleCloudKms: ⟦\u{FF5B} roleId: auto \u{FF5D}\n", .oddCharacter("\u{FF5B}")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦\u{FF02}auto\u{FF02}\n", .oddCharacter("\u{FF02}")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦\u{FF07}auto\u{FF07}\n", .oddCharacter("\u{FF07}")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦\u{FF02}auto\"\n", .oddCharacter("\u{FF02}")),
        ("keyshift: 1\nname: ⟦\u{300C}x\u{300D}\ntarget:\n  \(on)", .oddCharacter("\u{300C}")),
        ("keyshift: 1\nname: ⟦\u{201C}x\ntarget:\n  \(on)", .oddCharacter("\u{201C}")),
        ("keyshift: 1\nname: \"x⟦\u{201D}\ntarget:\n  \(on)", .oddCharacter("\u{201D}")),
        ("keyshift: 1\nname: 'x⟦\u{FF07}\ntarget:\n  \(on)", .oddCharacter("\u{FF07}")),
        (head + "target:\n  ⟦\u{FF02}enabledForSearchNodes\u{FF02}: true\n", .oddCharacter("\u{FF02}")),
        ("keyshift: 1⟦\u{85}name: x\u{85}target:\u{85}  \(on)", .oddCharacter("\u{85}")),
        ("keyshift: 1⟦\u{2028}name: x\u{2028}target:\u{2028}  \(on)", .oddCharacter("\u{2028}")),
        (head + "target:⟦\u{85}  \(on)", .oddCharacter("\u{85}")),
        (head + "# a \u{85} b\ntarget:\n  googleCloudKms:⟦\u{85}    roleId: auto\n", .oddCharacter("\u{85}")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦{{ role_id }}\n", .template),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦\"{{ role_id }}\"\n", .template),
        (head + "target:\n  azureKeyVault:\n    keyVaultName: ⟦'{{ kv }}'\n", .template),
        (head + "⟦{% if x %}\ntarget:\n  \(on)", .template),
        (head + "target:\n  googleCloudKms: { roleId: ⟦${role_id} }\n", .bareReference),
        (head + "target:\n  awsKms: {customerMasterKeyID: ⟦${k}, region: EU_WEST_1}\n", .bareReference),
        (head + "⟦// the nodes\ntarget:\n  \(on)", .slashComment), ("⟦/* a */\n" + head, .slashComment),
        (head + "target:\n  enabledForSearchNodes: ⟦true // all\n", .slashComment),
        (
            head + "target:\n  googleCloudKms:\n    serviceAccountKey: \"${file:C:⟦\\keys\\sa.json}\"\n",
            .backslash("k")
        ),
        (head + "target:\n  azureKeyVault:\n    keyVaultName: \"a⟦\\.b\"\n", .backslash(".")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦@role_id@\n", .beginning("@")),
        (head + "target:\n  googleCloudKms:\n    roleId: ⟦`role`\n", .beginning("`")),
        ("keyshift: 1\nname⟦:x\ntarget:\n  \(on)", .noSpaceAfterColon),
        ("keyshift: 1\nname: x\ndescription: Move⟦: step 1\ntarget:\n  \(on)", .colonInValue),
        ("keyshift: 1\nname: ⟦\"x\ntarget:\n  \(on)", .unclosedQuote),
        ("keyshift: 1\nname: ⟦'x\ntarget:\n  \(on)", .unclosedQuote),
        (head + "target:\n   googleCloudKms:\n     roleId: auto\n  ⟦\(on)", .indentation),
    ]

    @Test(arguments: causes.indices) func isNamed(index: Int) {
        let (marked, cause) = Self.causes[index]
        TargetProblemTests.check(marked, [.cause(cause)])
        let windows = MarkedSource(marked)
        let found = MarkedSource.problems(windows.text.replacing("\n", with: "\r\n"))
        #expect(found == [TargetProblem(.cause(cause), at: windows.places.first ?? .start)])
        #expect(
            found.allSatisfy {
                $0.message.contains("; ") || $0.message.contains("]: ") || $0.message.contains(": put")
            })
    }

    @Test func whatIsNoFault() throws {
        for text in [
            "# a\u{A0}note \u{201C}x\u{201D} {{ y }} // z\n" + Self.head + "target:\n  \(Self.on)",
            "keyshift: 1\nname: the \u{201C}big\u{201D} move\ndescription: 10\u{A0}000 👨\u{200D}👩 // see {{ x\ntarget:\n  \(Self.on)",
            Self.head + "target:\n  enabledForSearchNodes:\ttrue\n",
            "keyshift: 1\nname: \u{300C}x\u{300D} y\ndescription: \u{8FC1}\u{79FB}\u{FF1A}x\u{FF0C}y\ntarget:\n  \(Self.on)",
            "keyshift: 1\nname: \u{2019}s-Hertogenbosch\ntarget:\n  \(Self.on)",
            "keyshift: 1\nname: \u{2019}Twas the night\ndescription: \u{2018}90s move\ntarget:\n  \(Self.on)",
            Self.head + "target:\n  azureKeyVault:\n    keyVaultName: \u{2019}t-kv\n",
            Self.head + "target:\n  azureKeyVault:\n    keyIdentifier: https://v.vault.azure.net/keys/k/1\n",
            Self.head + "target:\n  googleCloudKms: { roleId: \"${role_id}\" }\n",
        ] {
            #expect(MarkedSource.problems(text).isEmpty, "\(text) \(MarkedSource.problems(text))")
        }
    }

    @Test func onlyEditorsLineEndsCount() throws {
        for separator in ["\u{2028}", "\u{2029}", "\u{85}"] {
            TargetProblemTests.check(
                "keyshift: 1\nname: x\n# a \(separator) b\ndescription: c \(separator) d\ntarget:\n  ⟦oops: true\n"
                    + "  \(Self.on)",
                [.unknownKey("oops", of: "target", nearest: nil)])
            let file = try TargetFile.parse(
                "keyshift: 1\nname: x\ndescription: c \(separator) d\ntarget:\n  \(Self.on)")
            #expect(file.description == "c \(separator) d")
            // In a text that goes out it is a control character.
            let problems = MarkedSource.problems(
                Self.head + "target:\n  azureKeyVault:\n    keyVaultName: a\(separator)b\n")
            #expect(problems.count == 1)
        }
    }

    @Test func theWrongKindOfFile() {
        for (text, kind) in [
            ("project_id,project_name\n1,2\n", .sheet), ("\u{FEFF}\"project_id\";\"name\"\n", .sheet),
            ("ï»¿keyshift: 1\nname: x\n", .mojibake("ï»¿")), ("Ã¯Â»Â¿{\"keyshift\": 1}", .mojibake("Ã¯Â»Â¿")),
            ("# a\nkeyshift = 1\nname = \"x\"\n", .terraformCode), ("<html>\n<p>a: b</p>\n", .markup),
        ] as [(String, ForeignFile)] {
            #expect(Self.problems(Array(text.utf8)) == [TargetProblem(.foreign(kind), at: .start)], "\(text)")
        }
        // The other signatures are a sheet's too.
        for (kind, bytes) in [
            (.utf16, [0xFF, 0xFE, 0x6B, 0, 0x3A, 0]), (.zip, [0x50, 0x4B, 3, 4, 20, 0, 6]),
            (.compressed("gzip"), [0x1F, 0x8B, 8, 0]), (.pdf, Array("%PDF-1.7\n".utf8)),
        ] as [(ForeignFile, [UInt8])] {
            #expect(Self.problems(bytes) == [TargetProblem(.foreign(kind), at: .start)], "\(kind)")
        }
    }

    private static func problems(_ bytes: [UInt8]) -> [TargetProblem] {
        do throws(TargetProblems) {
            _ = try TargetFile.parse(bytes)
            return []
        } catch {
            return error.list
        }
    }
}
