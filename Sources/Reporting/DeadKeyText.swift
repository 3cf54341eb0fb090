import AtlasAPI

/// What a person is told at once of a project whose key Atlas can't use after our change.
package enum DeadKeyText {
    /// Atlas checks every key that often, and stops the processes of one that it can't use (the manual's page on each
    /// provider).
    private static let checkInterval: Int64 = 15 * 60_000

    /// - Parameters:
    ///   - seenAt: the first read that showed it; milliseconds since 1970.
    ///   - readUntil: until when it is read again, where that is known.
    package static func warning(_ name: String, seenAt: Int64, readUntil: Int64?) -> Prose {
        let again: Prose = readUntil.map { "It is read again until \(clock($0)). " } ?? ""
        return
            "\(clock(seenAt)) ATTENTION: \(lines: name): Atlas can't use its key after the change. \(again)"
            + "If it stays so, Atlas may stop its databases from \(clock(seenAt + checkInterval)) on."
    }

    private static func clock(_ milliseconds: Int64) -> Prose {
        "\(WireDate.text(milliseconds: milliseconds).dropFirst(11).prefix(8)) UTC"
    }
}
