import AtlasAPI
import Foundation
package import Testing

/// Seeded inputs in rounds. `KEYSHIFT_FUZZ=N` in the environment makes N times as many.
///
/// On the first input that a test complains about it says seed and round, and the input cut down as far as the
/// complaint stays.
package struct Fuzz: RandomNumberGenerator {
    private var dice: Dice

    package init(seed: UInt64, round: Int) {
        dice = Dice(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(round) &* 0xD134_2543_DE82_EF95)
    }

    package mutating func next() -> UInt64 { dice.next() }

    package static let factor = max(
        1, ProcessInfo.processInfo.environment["KEYSHIFT_FUZZ"].flatMap { Int($0) } ?? 1)

    /// Makes an input per round and asks `complaint` about it; nil is praise.
    package static func run(
        seed: UInt64, rounds: Int, at location: SourceLocation = #_sourceLocation,
        _ input: (inout Fuzz) -> [UInt8], _ complaint: ([UInt8]) -> String?
    ) {
        for round in 0..<rounds * factor {
            var fuzz = Fuzz(seed: seed, round: round)
            let bytes = input(&fuzz)
            guard complaint(bytes) != nil else { continue }
            let small = shrunk(bytes) { complaint($0) != nil }
            Issue.record(
                "seed \(seed), round \(round): \(complaint(small) ?? "") in \(shown(small))",
                sourceLocation: location)
            return
        }
    }

    /// Takes pieces out, halving their size, for as long as the input stays bad.
    package static func shrunk(_ bytes: [UInt8], _ isBad: ([UInt8]) -> Bool) -> [UInt8] {
        var bytes = bytes
        var size = bytes.count / 2
        var tries = 2000
        while size > 0, tries > 0 {
            var start = 0
            while start < bytes.count, tries > 0 {
                tries -= 1
                var shorter = bytes
                shorter.removeSubrange(start..<min(start + size, bytes.count))
                if isBad(shorter) { bytes = shorter } else { start += size }
            }
            size /= 2
        }
        return bytes
    }

    package static func shown(_ bytes: [UInt8]) -> String {
        let text = bytes.prefix(400).map { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
                ? String(UnicodeScalar(byte)) : "\\x" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
        }
        return "“\(text.joined())”" + (bytes.count > 400 ? " and \(bytes.count - 400) bytes more" : "")
    }

    package mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
    package mutating func byte() -> UInt8 { UInt8.random(in: 0...255, using: &self) }
    package mutating func chance(oneIn count: Int) -> Bool { below(count) == 0 }
    package mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    /// Up to six changes of one of `seeds`: pieces put in, taken out, doubled, moved; bits turned.
    package mutating func mutated(_ seeds: [[UInt8]], pieces: [[UInt8]]) -> [UInt8] {
        var bytes = pick(seeds)
        for _ in 0...below(6) {
            let start = below(bytes.count + 1)
            let end = min(bytes.count, start + below(chance(oneIn: 4) ? 40 : 5))
            switch below(6) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: below(bytes.count + 1))
            case 2: if start < bytes.count { bytes[start] ^= 1 << UInt8(below(8)) }
            case 3: bytes.insert(byte(), at: start)
            case 4:
                let other = pick(seeds)
                bytes.replaceSubrange(start..<end, with: other[below(other.count + 1)...].prefix(below(40)))
            default: bytes.replaceSubrange(start..<end, with: pick(pieces))
            }
        }
        return bytes
    }
}
