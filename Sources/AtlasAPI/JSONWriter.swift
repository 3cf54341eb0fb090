/// Writes JSON (RFC 8259) with sorted keys and no white space.
///
/// Digests of jobs on disk rest on its bytes, so they never change: whole numbers without a fraction, slashes and
/// everything from U+007F on as they are, the short escapes where there is one. Our own, since Foundation's encoder
/// can fail, and a digest must not.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number):
            precondition(number.isFinite, "JSON has no infinity and no NaN")
            bytes += (Int(exactly: number).map { String($0) } ?? "\(number)").utf8
        case .string(let text): write(text)
        case .array(let items): write(items, between: "[", "]") { $0.write($1) }
        case .object(let members):
            write(members.sorted { $0.key < $1.key }, between: "{", "}") { writer, member in
                writer.write(member.key)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.write(member.value)
            }
        }
    }

    private mutating func write<Item>(
        _ items: [Item], between open: UnicodeScalar, _ close: UnicodeScalar,
        _ writeItem: (inout JSONWriter, Item) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            writeItem(&self, item)
        }
        bytes.append(UInt8(ascii: close))
    }

    private mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { text in
            var start = 0
            // Whole stretches at once: most texts are one.
            for index in text.indices where text[index] < 0x20 || text[index] == 0x22 || text[index] == 0x5C {
                bytes += UnsafeBufferPointer(rebasing: text[start..<index])
                escape(text[index])
                start = index + 1
            }
            bytes += UnsafeBufferPointer(rebasing: text[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C: bytes += [0x5C, byte]
        case 0x08: bytes += "\\b".utf8
        case 0x09: bytes += "\\t".utf8
        case 0x0A: bytes += "\\n".utf8
        case 0x0C: bytes += "\\f".utf8
        case 0x0D: bytes += "\\r".utf8
        default: bytes += ("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)).utf8
        }
    }
}
