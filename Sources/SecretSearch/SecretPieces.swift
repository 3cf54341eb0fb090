/// Hashes of every piece of some secrets, all of one size: a text that has one of them quotes a secret.
///
/// One look-up for each place in a text, however many secrets there are. A rolling hash (Rabin and Karp); two pieces
/// of the same hash would only take out a text too many.
struct SecretPieces {
    let size: Int
    private(set) var hashes: Set<UInt64> = []
    /// Some bits of each hash, so that nearly every place is passed by without asking the set.
    private var filter = [UInt64](repeating: 0, count: 1 << 6)
    /// What the byte before a piece still counts for in the hash that was rolled on over it.
    private let beyond: UInt64

    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let mixer: UInt64 = 0xD6E8_FEB8_6659_FD93

    init(size: Int) {
        self.size = size
        beyond = (0..<size).reduce(1) { power, _ in power &* Self.base }
    }

    mutating func insert(_ new: some Sequence<UInt64>) {
        for hash in new where hashes.insert(hash).inserted { mark(hash) }
        guard hashes.count * 16 > filter.count * 64 else { return }
        var words = filter.count
        while hashes.count * 32 > words * 64 { words *= 2 }
        filter = [UInt64](repeating: 0, count: words)
        for hash in hashes { mark(hash) }
    }

    private mutating func mark(_ hash: UInt64) {
        let bit = Self.bit(hash, filter.count)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    private static func bit(_ hash: UInt64, _ words: Int) -> Int {
        Int(truncatingIfNeeded: (hash &* mixer) >> 20) & (words &* 64 &- 1)
    }

    /// The hash of each piece of `text`, in order.
    func pieces(of text: [UInt8]) -> [UInt64] {
        var found: [UInt64] = []
        text.withUnsafeBufferPointer { bytes in
            _ = first(in: bytes) {
                found.append($0)
                return false
            }
        }
        return found
    }

    func isMet(in text: [UInt8]) -> Bool {
        guard !hashes.isEmpty else { return false }
        return text.withUnsafeBufferPointer { bytes in
            filter.withUnsafeBufferPointer { filter in
                first(in: bytes) { hash in
                    let bit = Self.bit(hash, filter.count)
                    guard filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0 else { return false }
                    return hashes.contains(hash)
                }
            }
        }
    }

    @inline(__always)
    private func first(in text: UnsafeBufferPointer<UInt8>, _ isWanted: (UInt64) -> Bool) -> Bool {
        guard text.count >= size else { return false }
        let (size, beyond) = (size, beyond)
        var hash: UInt64 = 0
        for index in 0..<size { hash = hash &* Self.base &+ UInt64(text[index]) }
        if isWanted(hash) { return true }
        for index in size..<text.count {
            let gone = UInt64(text[index &- size]) &* beyond
            hash = hash &* Self.base &+ (UInt64(text[index]) &- gone)
            if isWanted(hash) { return true }
        }
        return false
    }
}
