/// The names of a fleet's known columns, whatever they are spelled like.
///
/// A guard must not be off because of a capital letter, a dot, a plural or a letter of another script: a header that
/// reads as one of these words without being it is an error, and never a plain variable.
package enum HeaderSpelling {
    /// The word that a header should be; nil when it is that word, or no known one.
    static func word(for name: String) -> String? {
        guard !FleetHeader.idNames.contains(name), name != FleetHeader.nameName, name != FleetHeader.waveName
        else { return nil }
        return known(folded(name))
    }

    /// Whether a cell is an id's name in any spelling.
    static func isID(_ name: String) -> Bool {
        FleetHeader.idNames.contains(name) || known(folded(name)) == FleetHeader.idNames[0]
    }

    /// The same but for look-alikes and marks: `["project_id"` and `#project_id` are signs of another kind of file.
    package static func isBareID(_ name: String) -> Bool {
        isID(name)
            && name.unicodeScalars.allSatisfy { scalar in
                if OddCharacter.isBlank(scalar) { return true }
                return switch scalar.properties.generalCategory {
                case .dashPunctuation, .connectorPunctuation: true
                default: scalar.isASCII && scalar.properties.isAlphabetic
                }
            }
    }

    /// Whether a header reads as the role column but is another word.
    static func isRoleOfAnotherSpelling(_ name: String) -> Bool {
        name != FleetHeader.roleName && singular(folded(name)) == "roleid"
    }

    private static func known(_ folded: String) -> String? {
        switch singular(folded) {
        case "projectid", "groupid": FleetHeader.idNames[0]
        case "projectname", "groupname": FleetHeader.nameName
        case "wave": FleetHeader.waveName
        default: nil
        }
    }

    private static func singular(_ folded: String) -> String {
        folded.hasSuffix("s") ? String(folded.dropLast()) : folded
    }

    /// Letters and digits only, as the ones of ASCII that they are forms of or look like. A letter of no such likeness
    /// stays, so that its word is another one.
    private static func folded(_ name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            // None of the words is longer, whatever stands between its letters and around them.
            guard result.count <= 64 else { return name }
            if let plain = LookAlike.plain(scalar) {
                result.append(plain)
            } else if isLetterOrDigit(scalar) {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber,
            .letterNumber,
            .otherNumber:
            // Hangul fillers are letters that nobody sees.
            !OddCharacter.isInvisible(scalar)
        // A modifier letter such as ʼ is a mark to whoever reads it.
        default: false
        }
    }
}
