/// MD5 (RFC 1321), since digest needs it and the tests shall not trust the side they test.
enum MD5 {
    static func hex(_ text: String) -> String {
        digest(Array(text.utf8)).map { byte in
            let digits = Array("0123456789abcdef")
            return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

    /// floor(2^32 × |sin(i + 1)|), by the angle addition rule so that no maths library is needed.
    private static let sines: [UInt32] = {
        let (sine1, cosine1) = (0.8414709848078965, 0.5403023058681398)
        var (sine, cosine) = (sine1, cosine1)
        return (0..<64).map { _ in
            defer { (sine, cosine) = (sine * cosine1 + cosine * sine1, cosine * cosine1 - sine * sine1) }
            return UInt32(abs(sine) * 4_294_967_296)
        }
    }()

    private static func digest(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
        for block in stride(from: 0, to: padded.count, by: 64) {
            let words = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(padded[block + word * 4 + $1]) << (8 * UInt32($1)) }
            }
            let mixed = mix(state, words)
            for index in 0..<4 { state[index] &+= mixed[index] }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    }

    private static func mix(_ state: [UInt32], _ words: [UInt32]) -> [UInt32] {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for step in 0..<64 {
            let (f, word): (UInt32, Int)
            switch step / 16 {
            case 0: (f, word) = ((b & c) | (~b & d), step)
            case 1: (f, word) = ((d & b) | (~d & c), (5 * step + 1) % 16)
            case 2: (f, word) = (b ^ c ^ d, (3 * step + 5) % 16)
            default: (f, word) = (c ^ (b | ~d), (7 * step) % 16)
            }
            let sum = a &+ f &+ sines[step] &+ words[word]
            let shift = shifts[step / 16 * 4 + step % 4]
            (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
        }
        return [a, b, c, d]
    }
}
