package import FleetCSV
import AtlasAPI

/// Something wrong in a target file, and where. No case carries a value of a provider's field: it could be a
/// secret in the wrong place.
package struct TargetProblem: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        // Of the text.
        case tooLarge(limit: Int)
        case tooDeep
        case tooManyAliases
        case invalidUTF8
        /// No target file at all.
        case foreign(ForeignFile)
        case controlCharacter(Unicode.Scalar)
        /// In libyaml's words, where no cause can be seen.
        case syntax(String)
        case cause(SyntaxCause)
        case json(JSONFlaw)
        case severalDocuments
        case empty
        case anchor
        case tag
        case mergeKey
        case complexKey

        // Of keys and types.
        case duplicateKey(String)
        case unknownKey(String, of: String?, nearest: String?)
        case missingKey(String)
        case wrongType(key: String?, expected: String)
        case noValue(String)
        case notBoolean(String)
        case badValue(key: String, expected: String, nearest: String?)
        case newerVersion(String)

        // Of the target.
        case turnsOff
        case readOnly(String)
        case secretInClear(String)
        case referenceOutsideSecret(String)
        case reference(ReferenceFlaw)
        case severalProviders(String, first: String)
        case withRole(String, why: RoleConflict)
        case changesNothing
        case providerChangesNothing(String)
        case unknownColumn(String, nearest: String?)
        case secret(HeldSecret)
    }

    package enum ReferenceFlaw: Error, Hashable, Sendable {
        case unterminated
        case empty
        /// A reference inside one that can't hold it.
        case nested
    }

    package enum RoleConflict: Hashable, Sendable { case secret, keyVersion, staticIdentity }

    package var kind: Kind
    package var position: SourcePosition

    package init(_ kind: Kind, at position: SourcePosition) {
        self.kind = kind
        self.position = position
    }

    /// What is wrong and what to do, without file and place. One switch, so that no new kind goes without a sentence.
    package var message: String {
        switch kind {
        case .tooLarge(let limit): "the file has over \(limit) bytes, more than a target file may; shorten it"
        case .tooDeep: "nested too deeply; a target file needs four levels, so take the others out"
        case .tooManyAliases: "too many anchors and aliases; write the values out"
        case .invalidUTF8: "not UTF-8; save the file as UTF-8 text"
        case .foreign(let file): file.targetMessage
        case .controlCharacter(let scalar):
            "\(OddCharacter.name(scalar)); take it out, or write it as an escape between double quotes"
        case .syntax(let problem): "not YAML: \(problem); look at quotes and indentation here"
        case .cause(let cause): cause.message
        case .json(let flaw): flaw.message
        case .severalDocuments: "a second document begins here; keep one per file"
        case .empty: "the file is empty; begin it with “keyshift: 1”"
        case .anchor: "anchors and aliases are not taken; write the value out"
        case .tag: "tags are not taken; leave the “!…” away"
        case .mergeKey: "merge keys are not taken; write the keys out"
        case .complexKey: "a key that is no plain word; write one"
        case .duplicateKey(let key): "\(Self.shown(key)) is given twice; keep one"
        case .unknownKey(let key, let parent, let nearest):
            "unknown key \(Self.shown(key))\(parent.map { " in \($0)" } ?? "")\(NearestName.hint(nearest)); "
                + Self.correction(of: key, in: parent, hasHint: nearest != nil)
        case .missingKey(let key): "the key \(key) is missing; add it"
        case .wrongType(let key, let expected): "\(key ?? "the file") is of the wrong type; write \(expected)"
        case .noValue(let key): "\(key) has no value; give one or take the key out"
        case .notBoolean(let key):
            "\(key) is neither true nor false; write one of them, in these words and without quotes"
        case .badValue(let key, let expected, let nearest):
            "\(key) has a wrong value; write \(expected)\(NearestName.hint(nearest))"
        case .newerVersion(let version):
            "format version \(version) is newer than this keyshift, which reads version \(TargetFile.version);"
                + " use a newer keyshift"
        case .turnsOff:
            "enabled: false would turn customer keys off, which keyshift does not do; take the line out"
        case .readOnly(let field): "\(field) is set by Atlas and can't be changed; take it out"
        case .secretInClear(let field):
            "\(field) is a secret and may not stand in the file; write exactly one ${env:NAME} or ${file:PATH}"
        case .referenceOutsideSecret(let field):
            "\(field) is no secret: ${env:…} and ${file:…} are for secrets only; write the value or a ${column}"
        case .reference(.unterminated): "a ${ without its }; close it, or write $${ for a literal ${"
        case .reference(.empty): "${} names nothing; write a column between the braces"
        case .reference(.nested): "only a ${column} may stand inside ${file:…}"
        case .severalProviders(let second, let first):
            "\(second) is a second provider besides \(first); use one target file for each"
        case .withRole(let field, .secret):
            "\(field) can't go with roleId: a project uses a role or a secret; take one of them out"
        case .withRole(let field, .keyVersion):
            "\(field) can't change together with roleId; change the key version in a migration of its own"
        case .withRole(let field, .staticIdentity):
            "\(field) belongs to the static credentials, which roleId replaces; take it out"
        case .changesNothing:
            "the target changes nothing; name a field of a provider or enabledForSearchNodes"
        case .providerChangesNothing(let provider):
            "\(provider) names nothing to change; name a field, or take it out (where.provider chooses projects)"
        case .unknownColumn(let column, let nearest):
            "the CSV has no column \(Excerpt.of(column))\(NearestName.hint(nearest)); name one that it has, or add it"
        case .secret(let held): held.message(column: nil)
        }
    }

    private static func correction(of key: String, in parent: String?, hasHint: Bool) -> String {
        if parent == "target", Provider.allCases.contains(where: { $0.field(named: key) != nil }) {
            return "it is a provider's field, so indent it below its provider"
        }
        let known = hasHint ? [] : TargetFile.keys(of: parent)
        return known.isEmpty
            ? "correct it or take it out" : "take it out, or write one of \(known.joined(separator: ", "))"
    }

    /// A key as it may be shown: something that does not look like one could be a secret gone astray.
    private static func shown(_ key: String) -> String {
        let isWord = key.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
        }
        let count = key.unicodeScalars.count
        return isWord && count <= 30 ? Excerpt.of(key) : "of \(count) characters"
    }
}
