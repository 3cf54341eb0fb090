/// The names of a fleet's known columns, whatever they are spelled like.
///
/// A guard must not be off because of a capital letter: a header that is nearly one of these words is an error, and
/// never a plain variable.
enum HeaderSpelling {
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

    /// Whether a header reads as the role column but is another word.
    static func isRoleOfAnotherSpelling(_ name: String) -> Bool {
        name != FleetHeader.roleName && folded(name) == "roleid"
    }

    private static func known(_ folded: String) -> String? {
        switch folded {
        case "projectid", "groupid": FleetHeader.idNames[0]
        case "projectname", "groupname": FleetHeader.nameName
        case "wave": FleetHeader.waveName
        default: nil
        }
    }

    /// In lower case, without white space, dashes, underscores and what can't be seen.
    private static func folded(_ name: String) -> String {
        // None of the words is longer, with a character between any two of its letters.
        guard name.unicodeScalars.count <= 64 else { return name }
        var result = ""
        for scalar in name.unicodeScalars where !OddCharacter.isBlank(scalar) {
            switch scalar.properties.generalCategory {
            case .dashPunctuation, .connectorPunctuation: continue
            default: result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }
}
