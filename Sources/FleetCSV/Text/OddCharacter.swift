/// Characters that look like a space, like a quote or like nothing, and so get into files unseen.
package enum OddCharacter {
    /// White space of any kind, and what takes no room at all.
    package static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || isInvisible(scalar)
    }

    /// White space that is none to a CSV, to YAML or to JSON: no-break, zero-width, ideographic spaces.
    package static func isOddSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x7F && isBlank(scalar)
    }

    /// Takes no room where it stands: zero-width spaces, byte order marks, direction marks.
    package static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .control: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    package static func isSmartQuote(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2018...0x201F, 0x00AB, 0x00BB, 0x2039, 0x203A, 0x275B...0x275E, 0x2E42, 0x300C...0x300F,
            0x301D...0x301F, 0xFF02, 0xFF07, 0xFF62, 0xFF63:
            true
        default: false
        }
    }

    /// A typographic quote that is an apostrophe, too.
    package static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
        [0x2018, 0x2019, 0x201B, 0xFF07].contains(scalar.value)
    }

    /// U+0085, U+2028 or U+2029: Unicode's line ends, which are none to an editor.
    package static func isLineSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x85 || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    /// The mark of YAML and JSON that a character looks like: `:` for a full-width colon. nil for any other.
    package static func plainMark(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0xFF02, 0xFF07: nil
        // The forms of Chinese and Japanese keyboards, as wide as their letters.
        case 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF5E:
            Unicode.Scalar(scalar.value - 0xFEE0)
        case 0xFE13, 0xFE55, 0x2236, 0xA789, 0x02D0, 0x05C3: ":"
        case 0xFE50, 0xFE10: ","
        case 0xFE5B: "{"
        case 0xFE5C: "}"
        case 0xFE5F: "#"
        default: nil
        }
    }

    /// `a no-break space (U+00A0)`: a name where people know one, and the number for a search box.
    package static func name(_ scalar: Unicode.Scalar) -> String {
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
    package var trimmedOfBlanks: String {
        let inside = unicodeScalars.drop(while: OddCharacter.isBlank).reversed()
            .drop(while: OddCharacter.isBlank).reversed()
        var view = String.UnicodeScalarView()
        view.append(contentsOf: inside)
        return String(view)
    }

    /// The characters of a word that nobody sees, or that are none of ASCII, each once: `, which holds …,`, or nothing.
    package var oddCharactersHint: String {
        let scalars = Array(unicodeScalars.prefix(200))
        let isEnd = { (index: Int) in index == 0 || index == scalars.count - 1 }
        var seen: Set<Unicode.Scalar> = []
        let names = scalars.indices.filter { index in
            let scalar = scalars[index]
            let isOdd = !scalar.isASCII || (isEnd(index) && OddCharacter.isBlank(scalar))
            return isOdd && seen.insert(scalar).inserted
        }.prefix(3).map { OddCharacter.name(scalars[$0]) }
        return names.isEmpty ? "" : ", which holds \(names.joined(separator: ", ")),"
    }
}
