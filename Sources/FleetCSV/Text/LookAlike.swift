/// The letter or digit of ASCII that a character is a form of, or looks like.
package enum LookAlike {
    /// In lower case; nil for what looks like none. `é`, `ｅ`, `ℯ`, `𝐞`, the Cyrillic `е` and the Greek `ε` are `e`.
    package static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "0"..."9": return scalar
            case "A"..."Z": return Unicode.Scalar(UInt8(scalar.value) + 0x20)
            default: return nil
            }
        }
        if let digit = digit(scalar) { return digit }
        return table[scalar] ?? named(scalar)
    }

    /// Of any script: `１`, `١`, `𝟏`, `¹`, `①`.
    private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        guard let type = scalar.properties.numericType, type != .numeric,
            let value = scalar.properties.numericValue, (0...9).contains(value)
        else { return nil }
        return Unicode.Scalar(0x30 + UInt8(value))
    }

    /// Unicode's own name says which letter a form is made of: LATIN SMALL LETTER E WITH ACUTE.
    private static func named(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        guard let name = scalar.properties.name else { return nil }
        let words = name.split(separator: " ")
        let isForm = words.contains("LATIN") || formWords.contains { $0 == words.first ?? "" }
        guard isForm,
            let letter = words.first(where: { $0.utf8.count == 1 })?.unicodeScalars.first,
            ("A"..."Z").contains(letter)
        else { return nil }
        return Unicode.Scalar(UInt8(letter.value) + 0x20)
    }

    private static let formWords = [
        "MATHEMATICAL", "SCRIPT", "DOUBLE-STRUCK", "BLACK-LETTER", "MODIFIER", "REGIONAL",
    ]

    /// Letters of other scripts by what they look like, capitals for themselves: Ν is an N and ν is a v.
    private static let table: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs: [(String, String)] = [
            // Cyrillic.
            ("абеёіїјкмнопрстухѕѡԁԛԝѵӏүһгп", "abeeiijkmhonpctyxswdqwvlyhrn"),
            ("АВЕЁІЇЈКМНОПРСТУХЅѠԀԚԜѴӀҮҺ", "abeeiijkmhonpctyxswdqwvlyh"),
            // Greek.
            ("αβγεικνοπρςστυχωϲϳη", "abyeikvonpcotuxwcjn"),
            ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ", "abezhikmnoptyxcj"), ("άέίόύώ", "aeiouw"),
            // Armenian and Cherokee.
            ("օոսցյԁ", "onugjd"), ("ᎪᎬᏢᎳᎫᎢᏟᏙᎶᎡᎷᎠᏀ", "aepwjtcvgrmdg"),
            // Roman numerals, micro sign.
            ("ⅰⅴⅹⅼⅽⅾⅿⅠⅤⅩⅬⅭⅮⅯµ", "ivxlcdmivxlcdmu"),
        ]
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (forms, plain) in pairs {
            for (form, letter) in zip(forms.unicodeScalars, plain.unicodeScalars) { table[form] = letter }
        }
        return table
    }()
}
