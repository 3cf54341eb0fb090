package import AtlasAPI

/// The secrets of a run, cut into the pieces that give them away, and the search for them. Keeps hashes only, no text
/// but that of secrets under 8 bytes.
///
/// A quotation is `window` bytes of a secret, or a whole shorter one: with other white space, letter case, forms of
/// letters or punctuation, escaped, with tags of HTML in it, in base64 (also in pieces), uuencode, base85, base32, hex
/// or the numbers of its bytes or characters in any base, or several of these over each other. The search costs time
/// linear in the text, however many secrets there are. It is no wall against a server that wants to hand a secret on
/// and invents a code of its own.
///
/// A class, since the search hands itself to the readers of codes, and copies of all that it knows cost more than they.
package final class SecretNeedles {
    /// How long a secret is remembered in full.
    package enum Term { case run, token, body }

    /// Bytes that must be the same for a quotation; a shorter secret counts as a whole.
    static let window = 12
    /// Codes over each other that are read.
    private static let depth = 3
    /// A secret under this can't be told from any other text.
    static let shortest = 4
    /// A secret under this counts only as a word of its own, since its letters stand in many others.
    private static let shortestPiece = 8

    private var full = SecretPieces(size: window)
    /// Of old secrets the piece with the least hash of every sixteen in a row: a quotation of 27 bytes has one of them,
    /// and so has a shorter secret as a whole. A run that sends as many keys as it has projects keeps a few of each.
    private var thin = SecretPieces(size: window)
    private static let thinning = 16
    private var whole: [Int: SecretPieces] = [:]
    private var words: Set<[UInt8]> = []
    private var lasting = Recent(limit: .max)
    private var tokens = Recent(limit: 32)
    private var bodies = Recent(limit: 128)

    /// The latest of one kind, in order.
    private struct Recent {
        var limit: Int
        var pieces: [(name: Int, hashes: [[UInt64]])] = []
        var names: Set<Int> = []
    }

    package init() {}

    private var isEmpty: Bool { full.hashes.isEmpty && whole.isEmpty && words.isEmpty }

    /// The least bytes that can be a quotation.
    private var size = window

    /// A key file of Google's counts member by member: the account's address is no secret.
    /// - Returns: whether it is a new one.
    @discardableResult
    package func learn(_ secret: Secret, for term: Term) -> Bool {
        let secret = secret.reveal()
        return switch term {
        case .run: learn(secret, \.lasting)
        case .token: learn(secret, \.tokens)
        case .body: learn(secret, \.bodies)
        }
    }

    private func learn(_ secret: String, _ kind: ReferenceWritableKeyPath<SecretNeedles, Recent>) -> Bool {
        // Hashed with this process's own key; two that met would leave one unlearnt, once in 2^64.
        let name = secret.hashValue
        guard self[keyPath: kind].names.insert(name).inserted else { return false }
        var hashes: [[UInt64]] = []
        for text in SecretTexts.of(secret) { add(text, &hashes) }
        for pieces in hashes { full.insert(pieces) }
        self[keyPath: kind].pieces.append((name, hashes))
        if self[keyPath: kind].pieces.count > self[keyPath: kind].limit { forgetHalf(of: kind) }
        return true
    }

    private func add(_ text: [UInt8], _ hashes: inout [[UInt64]]) {
        let squeezed = SqueezedText(text)
        let before = hashes.count
        for form in [squeezed.folded, squeezed.letters] where form.count >= Self.window {
            let pieces = zip(full.pieces(of: form), Self.varieties(of: form)).filter { hash, variety in
                variety >= Self.leastVariety && !Self.common.contains(hash)
            }
            if !pieces.isEmpty { hashes.append(pieces.map(\.0)) }
        }
        let hasPieces = hashes.count > before
        for form in [squeezed.folded, squeezed.letters] where form.count >= Self.shortestPiece {
            // Also a long one of few different bytes, none of whose pieces tells enough.
            let isShort = form.count < Self.window && Set(form).count >= Self.leastVariety
            if isShort || (form.count >= Self.window && !hasPieces) { addWhole(form) }
        }
        // A shorter one, or one such as 00000000, stands in many others.
        let isPiece =
            squeezed.folded.count >= Self.shortestPiece && Set(squeezed.folded).count >= Self.leastVariety
        if !isPiece, (Self.shortest..<Self.window).contains(squeezed.folded.count) {
            words.insert(squeezed.folded)
            size = min(size, squeezed.folded.count)
        }
    }

    private func addWhole(_ form: [UInt8]) {
        var pieces = whole[form.count] ?? SecretPieces(size: form.count)
        pieces.insert(pieces.pieces(of: form))
        whole[form.count] = pieces
        size = min(size, form.count)
    }

    private func forgetHalf(of kind: ReferenceWritableKeyPath<SecretNeedles, Recent>) {
        let count = self[keyPath: kind].pieces.count / 2
        for (name, hashes) in self[keyPath: kind].pieces.prefix(count) {
            for pieces in hashes { thin.insert(Self.thinned(pieces)) }
            self[keyPath: kind].names.remove(name)
        }
        self[keyPath: kind].pieces.removeFirst(count)
        full = SecretPieces(size: Self.window)
        for recent in [lasting, tokens, bodies] {
            for (_, hashes) in recent.pieces { for pieces in hashes { full.insert(pieces) } }
        }
    }

    private static func thinned(_ pieces: [UInt64]) -> Set<UInt64> {
        let last = max(0, pieces.count - thinning)
        return Set((0...last).compactMap { pieces[$0..<min($0 + thinning, pieces.count)].min() })
    }

    package func areQuoted(in text: [UInt8]) -> Bool {
        !isEmpty && text.count >= Self.shortest && areQuoted(in: text, Self.depth)
    }

    /// In the text itself, then in what it may be the code of.
    private func areQuoted(in bytes: [UInt8], _ depth: Int) -> Bool {
        let text = SqueezedText(bytes)
        if areMet(in: text) { return true }
        guard depth > 0 else { return false }
        let inner = { self.areQuoted(in: $0, depth - 1) }
        if EncodedText.tagLetters(bytes).contains(where: inner) { return true }
        if let plain = EncodedText.unescaped(text.spaced), inner(plain) { return true }
        if let plain = EncodedText.withoutTags(text.plain), inner(plain) { return true }
        // Nobody writes numbers or base64 so: it is the last of the codes over each other.
        if let plain = EncodedText.unescapedOfMail(text.spaced), areQuoted(in: plain, 0) { return true }
        if EncodedText.base64(text.spaced, size: size, inner)
            || EncodedText.base85(text.plain, size: size, inner)
            || EncodedText.base32(text.letters, size: size, inner)
            || EncodedText.digits(text.plain, size: size, inner)
        {
            return true
        }
        // A line may end within a number, or be all that ends one.
        return EncodedText.numbers(text.spaced, size: size, inner)
            || text.hasSpaces && EncodedText.numbers(text.plain, size: size, inner)
    }

    private func areMet(in text: SqueezedText) -> Bool {
        if full.isMet(in: text.folded) || thin.isMet(in: text.folded) { return true }
        let isSame = text.letters.count == text.folded.count
        if !isSame, full.isMet(in: text.letters) || thin.isMet(in: text.letters) { return true }
        if whole.values.contains(where: { $0.isMet(in: text.folded) || $0.isMet(in: text.letters) }) {
            return true
        }
        guard !words.isEmpty else { return false }
        // Where words end is where they end in the text as it came.
        let folded = text.spaced.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        return words.contains { Self.stands($0, in: folded) }
    }

    private static func stands(_ word: [UInt8], in text: [UInt8]) -> Bool {
        guard text.count >= word.count else { return false }
        return (0...text.count - word.count).contains { start in
            let end = start + word.count
            return text[start] == word[0] && text[start..<end].elementsEqual(word)
                && (start == 0 || !isOfWord(text[start - 1]))
                && (end == text.count || !isOfWord(text[end]))
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool { ByteClass.of(byte).contains(.word) }

    /// Runs such as `AAAAAAAAAAAA` and `------------` stand in any key, and in much else.
    private static let leastVariety = 5

    /// How many different bytes each window has.
    private static func varieties(of text: [UInt8]) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        var variety = 0
        return text.indices.compactMap { index in
            if counts[Int(text[index])] == 0 { variety += 1 }
            counts[Int(text[index])] += 1
            guard index >= window - 1 else { return nil }
            defer {
                let first = Int(text[index - window + 1])
                counts[first] -= 1
                if counts[first] == 0 { variety -= 1 }
            }
            return variety
        }
    }

    /// Pieces of what stands in every key file and in texts about it.
    private static let common: Set<UInt64> = {
        let pieces = SecretPieces(size: window)
        return SecretTexts.common.reduce(into: []) { found, phrase in
            let text = SqueezedText(Array(phrase.utf8))
            found.formUnion(pieces.pieces(of: text.folded))
            found.formUnion(pieces.pieces(of: text.letters))
        }
    }()
}
