/// Bytes of HTTP/1.1 answers.
enum Answer {
    static func text(
        _ status: Int = 200, _ body: String = "{}", headers: [(String, String)] = []
    ) -> [UInt8] {
        bytes(status, Array(body.utf8), headers: headers)
    }

    static func bytes(_ status: Int, _ body: [UInt8], headers: [(String, String)] = []) -> [UInt8] {
        head(status, headers + [("Content-Length", "\(body.count)")]) + body
    }

    static func head(_ status: Int, _ headers: [(String, String)]) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status) Word"] + headers.map { "\($0.0): \($0.1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// "{"compressed":true}" by gzip.
    static let gzipped: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0xce, 0xcf, 0x2d, 0x28,
        0x4a, 0x2d, 0x2e, 0x4e, 0x4d, 0x51, 0xb2, 0x2a, 0x29, 0x2a, 0x4d, 0xad, 0x05, 0x00, 0xf1, 0xea, 0x39,
        0x95, 0x13, 0x00, 0x00, 0x00,
    ]

    /// `zlib` data that unpacks to more than `size` zero bytes at 160:1, by matches of 258.
    static func bomb(unpackingTo size: Int) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ code: String) { bits += code.map { $0 == "1" } }
        append("110")  // last block; type 1, low bit first
        append("00110000")  // literal 0
        for _ in 0...(size / 258) { append("1100010100000") }  // length 258, distance 1
        append("0000000")
        var bytes: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bits.count, by: 8) {
            let byte = (0..<8).reduce(UInt8(0)) { value, bit in
                start + bit < bits.count && bits[start + bit] ? value | 1 << UInt8(bit) : value
            }
            bytes.append(byte)
        }
        return bytes
    }
}
