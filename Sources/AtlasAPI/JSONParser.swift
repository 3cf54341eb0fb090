/// Reads one JSON text (RFC 8259), strictly, in time and memory linear in its length.
///
/// Our own, since Foundation's decoder must try one type after the other on every value of ours: 20 kB of nested
/// brackets cost it 25 seconds, a 4 MiB answer hours, and nothing else runs meanwhile. It also takes a comma
/// before a bracket and the first of two equal names. Refused here, besides what the RFC forbids: nesting
/// beyond `depthLimit`, an object with a name twice (two readers of it may disagree), a number too large for
/// `Double`, half a surrogate pair.
struct JSONParser {
    private struct Flaw: Error {}

    /// Not an array, whose every look would be counted: nearly all that a run waits for goes through here.
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0
    /// Whether `strings` is filled; most readers need none.
    private let findsStrings: Bool
    /// The names that lead to the value being read.
    private var path: [String] = []
    private var strings: [[String]: Range<Int>] = [:]

    /// nil when the bytes are not one such text.
    static func value(of bytes: [UInt8]) -> JSONValue? {
        bytes.withUnsafeBufferPointer { bytes in
            var parser = JSONParser(bytes: bytes, findsStrings: false)
            return try? parser.text()
        }
    }

    /// Where the strings stand that are reached by names alone, quotes included; nil when the bytes are not one such
    /// text.
    static func strings(of bytes: [UInt8]) -> [[String]: Range<Int>]? {
        bytes.withUnsafeBufferPointer { bytes in
            var parser = JSONParser(bytes: bytes, findsStrings: true)
            return (try? parser.text()).map { _ in parser.strings }
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, findsStrings: Bool) {
        self.bytes = bytes
        self.findsStrings = findsStrings
    }

    private mutating func text() throws(Flaw) -> JSONValue {
        // RFC 8259 section 8.1 lets readers ignore a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        let value = try value()
        guard next() == nil else { throw Flaw() }
        return value
    }

    /// The next byte that is no white space, which is passed over.
    private mutating func next() -> UInt8? {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func value() throws(Flaw) -> JSONValue {
        switch next() {
        case UInt8(ascii: "{"): return try nested { parser throws(Flaw) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(Flaw) in try parser.array() }
        case UInt8(ascii: "\""):
            let start = index
            let text = try string()
            // Equal unless an array stands in between.
            if findsStrings, depth == path.count { strings[path] = start..<index }
            return .string(text)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func nested(
        _ read: (inout JSONParser) throws(Flaw) -> JSONValue
    ) throws(Flaw) -> JSONValue {
        depth += 1
        guard depth <= JSONValue.depthLimit else { throw Flaw() }
        index += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(Flaw) -> JSONValue {
        if take(UInt8(ascii: "}")) { return .object([:]) }
        // What an object of the API mostly has: growing would hash every name again.
        var members = [String: JSONValue](minimumCapacity: 6)
        repeat {
            guard next() == UInt8(ascii: "\"") else { throw Flaw() }
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw Flaw() }
            if findsStrings { path.append(name) }
            let value = try value()
            if findsStrings { path.removeLast() }
            guard members.updateValue(value, forKey: name) == nil else { throw Flaw() }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw Flaw() }
        return .object(members)
    }

    private mutating func array() throws(Flaw) -> JSONValue {
        var items: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat { items.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw Flaw() }
        return .array(items)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        index += 1
        return true
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Flaw) -> JSONValue {
        guard bytes[index...].starts(with: word.utf8) else { throw Flaw() }
        index += word.utf8.count
        return value
    }
}

extension JSONParser {
    private mutating func number() throws(Flaw) -> Double {
        let start = index
        _ = takeHere("-")
        if !takeHere("0") { try digits() }
        if takeHere(".") { try digits() }
        if takeHere("e") || takeHere("E") {
            if !takeHere("+") { _ = takeHere("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw Flaw() }
        return number
    }

    /// One or more.
    private mutating func digits() throws(Flaw) {
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        guard index > start else { throw Flaw() }
    }

    private mutating func takeHere(_ character: UnicodeScalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func string() throws(Flaw) -> String {
        index += 1
        var content: [UInt8] = []
        while true {
            let plain = plainBytes()
            if takeHere("\"") {
                // Nearly every string is one plain piece, and needs no copy.
                let text =
                    content.isEmpty
                    ? String(validating: plain, as: UTF8.self)
                    : String(validating: content + plain, as: UTF8.self)
                guard let text else { throw Flaw() }
                return text
            }
            guard takeHere("\\") else { throw Flaw() }
            content += plain
            content += String(try escaped()).utf8
        }
    }

    /// The bytes up to a quote, a backslash or a control character.
    private mutating func plainBytes() -> UnsafeBufferPointer<UInt8> {
        let start = index
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            end &+= 1
        }
        index = end
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    /// What stands after a backslash.
    private mutating func escaped() throws(Flaw) -> UnicodeScalar {
        guard index < bytes.count else { throw Flaw() }
        index += 1
        switch UnicodeScalar(bytes[index - 1]) {
        case "\"": return "\""
        case "\\": return "\\"
        case "/": return "/"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": break
        default: throw Flaw()
        }
        let unit = try codeUnit()
        guard UTF16.isLeadSurrogate(unit) else {
            guard let scalar = UnicodeScalar(unit) else { throw Flaw() }
            return scalar
        }
        guard takeHere("\\"), takeHere("u") else { throw Flaw() }
        let trail = try codeUnit()
        guard UTF16.isTrailSurrogate(trail) else { throw Flaw() }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    private mutating func codeUnit() throws(Flaw) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue else {
                throw Flaw()
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}
