import FleetCSV
import Foundation

/// What a reader takes a character outside ASCII for: the full-width, mathematical, circled and raised forms of a
/// letter are that letter (the compatibility mappings of Unicode, UAX #15, without accents), and so are small capitals
/// and the letters of other scripts that look like it.
enum ReadableForm {
    static func isSpace(_ scalar: UnicodeScalar) -> Bool { scalar.properties.isWhitespace }

    /// Nothing for what can't be seen. Letters of ASCII in the case that they have, others in lower case.
    static func write(_ scalar: UnicodeScalar, _ put: (UInt8) -> Void) {
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return }
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return
        default: break
        }
        if let form = of(scalar.value) {
            for byte in form { put(byte) }
            return
        }
        switch properties.generalCategory {
        case .dashPunctuation: put(UInt8(ascii: "-"))
        case .connectorPunctuation: put(UInt8(ascii: "_"))
        // One sign stands for all that are no letters, and hides as little as those of ASCII.
        case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            put(UInt8(ascii: "'"))
        default: for byte in properties.lowercaseMapping.utf8 { put(byte) }
        }
    }

    private static func of(_ value: UInt32) -> [UInt8]? {
        guard let block = firsts.lastIndex(where: { $0 <= value }) else { return nil }
        let place = Int(value - firsts[block])
        return place < forms[block].count ? forms[block][place] : nil
    }

    /// The blocks that have such forms of ASCII.
    private static let blocks: [ClosedRange<UInt32>] = [
        0xA0...0x2FF, 0x370...0x587, 0x13A0...0x13F5, 0x1D00...0x1DBF, 0x1E00...0x1FFF, 0x2000...0x24FF,
        0x2776...0x2793, 0x2A70...0x2A7F, 0x2C60...0x2C7F, 0x3000...0x33FF, 0xA720...0xA7FF, 0xFB00...0xFB29,
        0xFE10...0xFE6F, 0xFF00...0xFF5E, 0x1D400...0x1D7FF, 0x1F100...0x1F1FF, 0x1FBF0...0x1FBF9,
    ]
    private static let firsts = blocks.map(\.lowerBound)

    /// By block and place in it.
    private static let forms: [[[UInt8]?]] = blocks.map { block in block.map { form($0) } }

    private static func form(_ value: UInt32) -> [UInt8]? {
        if let letter = badge(value) { return [letter] }
        guard let scalar = UnicodeScalar(value) else { return nil }
        let letters = String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars.filter { part in
            let category = part.properties.generalCategory
            return category != .nonspacingMark && category != .enclosingMark && !isSpace(part)
        }
        if !letters.isEmpty, letters.allSatisfy(\.isASCII) { return letters.map { UInt8($0.value) } }
        guard let letter = letters.first, letters.count == 1 else { return nil }
        return LookAlike.plain(letter).map { [UInt8($0.value)] }
    }

    /// Letters and digits on a dark ground and those of flags, which Unicode maps to nothing.
    private static func badge(_ value: UInt32) -> UInt8? {
        let capital = UInt32(UInt8(ascii: "A"))
        return switch value {
        case 0x1F150...0x1F169: UInt8(value - 0x1F150 + capital)
        case 0x1F170...0x1F189: UInt8(value - 0x1F170 + capital)
        case 0x1F1E6...0x1F1FF: UInt8(value - 0x1F1E6 + capital)
        case 0x24F5...0x24FD: UInt8(value - 0x24F5 + 0x31)
        case 0x24FF: UInt8(ascii: "0")
        case 0x2776...0x2793 where (value - 0x2776) % 10 < 9: UInt8((value - 0x2776) % 10 + 0x31)
        default: nil
        }
    }
}
