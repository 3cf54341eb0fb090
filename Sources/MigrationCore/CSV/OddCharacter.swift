/// Characters that look like a space, like a quote or like nothing, and so get into files unseen.
enum OddCharacter {
    /// White space of any kind, and what takes no room at all.
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || isInvisible(scalar)
    }

    /// White space that is none to a CSV, to YAML or to JSON: no-break, zero-width, ideographic spaces.
    static func isOddSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.value > 0x7F && isBlank(scalar) }

    /// Takes no room where it stands: zero-width spaces, byte order marks, direction marks.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .control: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    static func isSmartQuote(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2018...0x201F, 0x00AB, 0x00BB, 0x2039, 0x203A, 0x300C...0x300F, 0xFF02, 0xFF07: true
        default: false
        }
    }

    /// `a no-break space (U+00A0)`: a name where people know one, and the number for a search box.
    static func name(_ scalar: Unicode.Scalar) -> String {
        let number = "U+" + hex(scalar)
        return switch scalar.value {
        case 0x09: "a tab (\(number))"
        case 0x20: "a space (\(number))"
        case 0xA0, 0x202F: "a no-break space (\(number))"
        case 0x200B, 0x2060: "a zero-width space (\(number))"
        case 0xFEFF: "a byte order mark (\(number))"
        case 0x3000: "an ideographic space (\(number))"
        case 0x2028, 0x2029, 0x85: "a line separator (\(number))"
        default:
            if scalar.properties.generalCategory == .control {
                "a control character (\(number))"
            } else if isSmartQuote(scalar) {
                "a typographic quote (\(number))"
            } else if scalar.properties.isWhitespace {
                "an odd space (\(number))"
            } else if isInvisible(scalar) {
                "an invisible character (\(number))"
            } else {
                "“\(String(scalar))” (\(number))"
            }
        }
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension String {
    /// Without white space and invisible characters at its ends.
    var trimmedOfBlanks: String {
        let inside = unicodeScalars.drop(while: OddCharacter.isBlank).reversed()
            .drop(while: OddCharacter.isBlank).reversed()
        var view = String.UnicodeScalarView()
        view.append(contentsOf: inside)
        return String(view)
    }

    /// The characters of a word that nobody sees, each once: `, which holds …,`, or nothing.
    var oddCharactersHint: String {
        let scalars = Array(unicodeScalars.prefix(200))
        let isEnd = { (index: Int) in index == 0 || index == scalars.count - 1 }
        var seen: Set<Unicode.Scalar> = []
        let names = scalars.indices.filter { index in
            let scalar = scalars[index]
            let isOdd = OddCharacter.isOddSpace(scalar) || (isEnd(index) && OddCharacter.isBlank(scalar))
            return isOdd && seen.insert(scalar).inserted
        }.prefix(3).map { OddCharacter.name(scalars[$0]) }
        return names.isEmpty ? "" : ", which holds \(names.joined(separator: ", ")),"
    }
}
