/// What of decoded bytes may be text. What was no code, or was read from the wrong digit, has hardly ever some bytes in
/// a row that are UTF-8, and most is such.
extension EncodedText {
    /// Gives `look` each stretch with `size` readable bytes and none that no text has, and the byte on either side.
    static func readable(
        _ bytes: UnsafeBufferPointer<UInt8>, _ size: Int, _ look: ([UInt8]) -> Bool
    ) -> Bool {
        var start = 0
        while start &+ size <= bytes.count {
            // From the end: a byte of no text there saves the look at all before it.
            var index = start &+ size &- 1
            while index >= start, bytes[index] < 0x80 { index &-= 1 }
            if index >= start, !mayBeText(bytes, index) {
                start = index &+ 1
                continue
            }
            let (end, readable) = stretch(bytes, from: start)
            if readable >= size, look(Array(bytes[max(0, start &- 1)..<min(end &+ 1, bytes.count)])) {
                return true
            }
            start = end &+ 1
        }
        return false
    }

    /// Whether some `size` bytes in a row may be text: where not, `readable` has nothing to show. Bytes are worked out
    /// where they decide only, so that what is no code costs a fraction of reading it.
    @inline(__always)
    static func mayBeReadable(_ count: Int, _ size: Int, _ byte: (Int) -> UInt8) -> Bool {
        // All from `start` up to `known` may be text.
        var (start, known) = (0, 0)
        while start &+ size <= count {
            let end = start &+ size
            var index = end &- 1
            while index >= known, byte(index) < 0x80 || mayBeText(count, index, byte) { index &-= 1 }
            guard index >= known else { return true }
            (start, known) = (index &+ 1, end)
        }
        return false
    }

    @inline(__always)
    private static func mayBeText(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        mayBeText(bytes.count, index) { bytes[$0] }
    }

    /// Whether the byte, of 0x80 or above, may be part of a character.
    @inline(__always)
    private static func mayBeText(_ count: Int, _ index: Int, _ byte: (Int) -> UInt8) -> Bool {
        let here = byte(index)
        if here >= 0xC0 {
            let isLead = here >= 0xC2 && here <= 0xF4
            return isLead && (index &+ 1 == count || byte(index &+ 1) & 0xC0 == 0x80)
        }
        var before = index &- 1
        while before >= 0, index &- before < 4 {
            if byte(before) & 0xC0 != 0x80 { return byte(before) >= 0xC2 }
            before &-= 1
        }
        return false
    }

    /// Up to the first byte that no text has.
    private static func stretch(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (end: Int, readable: Int) {
        var (readable, index) = (0, start)
        while index < bytes.count {
            let byte = bytes[index]
            guard byte >= 0x80 else {
                readable &+= byte > 0x20 ? 1 : 0
                index &+= 1
                continue
            }
            let end = index &+ (byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2)
            var next = index &+ 1
            while next < end, next < bytes.count, bytes[next] & 0xC0 == 0x80 { next &+= 1 }
            // A character may be cut at the end only.
            guard byte >= 0xC2, byte <= 0xF4, next == end || next == bytes.count else {
                return (index, readable)
            }
            readable &+= next &- index
            index = next
        }
        return (index, readable)
    }
}
