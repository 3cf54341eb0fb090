import Foundation

/// What SQLite would find in a write-ahead log: it takes the commits up to the first frame that does not fit, in
/// silence, whether the rest was never written or has been lost.
///
/// Source: SQLite, file format, sections 4.1 (header), 4.2 (frames), 4.3 and 4.4 (checksums, what counts). Numbers are
/// big-endian; the words that the checksums add are so only if the magic number says so.
struct LogFrames {
    enum Content: Equatable {
        /// No header: a log that was begun and never written to, or what is left of one.
        case nothing
        /// A header and no commit.
        case noCommit
        /// All was in the job's file; the log was begun anew and its first commit was cut off. The old frames, with the
        /// salt before, are still there.
        case begunAnew
        case commits
        /// More than the one commit that a loss of power can halve follows a frame that does not fit.
        case broken
    }

    private static let headerSize = 32
    private static let frameHeaderSize = 24

    private let descriptor: Int32
    private let isBigEndian: Bool
    private let pageSize: Int
    private let salts: [UInt32]
    private var sum: (UInt32, UInt32)

    /// Reads the log once, a page at a time.
    /// - Returns: also the first salt, which SQLite raises by one each time it begins the log anew; nil without a
    ///   header.
    static func content(of descriptor: Int32) -> (content: Content, salt: UInt32?) {
        guard var log = LogFrames(descriptor) else { return (.nothing, nil) }
        return (log.scan(), log.salts[0])
    }

    /// The first salt of a log that is being written.
    static func salt(of descriptor: Int32) -> UInt32? { LogFrames(descriptor)?.salts[0] }

    /// nil when there is no header that SQLite would take.
    private init?(_ descriptor: Int32) {
        let header = Self.read(descriptor, at: 0, count: Self.headerSize)
        guard header.count == Self.headerSize else { return nil }
        let words = Self.words(header, isBigEndian: true)
        guard words[0] & ~1 == 0x377F_0682, words[1] == 3_007_000 else { return nil }
        self.descriptor = descriptor
        isBigEndian = words[0] & 1 == 1
        pageSize = Int(words[2])
        salts = Array(words[4..<6])
        guard (512...65_536).contains(pageSize), pageSize.nonzeroBitCount == 1 else { return nil }
        sum = (0, 0)
        add(header[0..<24])
        guard sum == (words[6], words[7]) else { return nil }
    }

    private mutating func scan() -> Content {
        var offset = Self.headerSize
        var hasCommit = false
        while let frame = frame(at: offset) {
            guard frame.salts == salts, fits(frame) else {
                if let damage = rest(from: offset) { return damage }
                if hasCommit { return .commits }
                return frame.salts[0] == salts[0] &- 1 ? .begunAnew : .noCommit
            }
            hasCommit = hasCommit || frame.isCommit
            offset += frame.bytes.count
        }
        return hasCommit ? .commits : .noCommit
    }

    /// Frames of this log after the first that does not fit. Each commit is on the disk before the next is written, so
    /// that whatever follows a whole one was not cut off but damaged.
    private func rest(from start: Int) -> Content? {
        var offset = start
        var isAfterCommit = false
        while let frame = frame(at: offset) {
            if frame.salts == salts {
                if isAfterCommit { return .broken }
                isAfterCommit = frame.isCommit
            }
            offset += frame.bytes.count
        }
        return nil
    }

    private struct Frame {
        var bytes: [UInt8]
        var isCommit: Bool
        var salts: [UInt32]
        var sum: (UInt32, UInt32)
    }

    /// nil at the end, and for a frame that is only half there.
    private func frame(at offset: Int) -> Frame? {
        let size = Self.frameHeaderSize + pageSize
        let bytes = Self.read(descriptor, at: offset, count: size)
        guard bytes.count == size else { return nil }
        let words = Self.words(bytes.prefix(Self.frameHeaderSize), isBigEndian: true)
        return Frame(
            bytes: Array(bytes), isCommit: words[1] != 0, salts: Array(words[2..<4]),
            sum: (words[4], words[5]))
    }

    private mutating func fits(_ frame: Frame) -> Bool {
        add(frame.bytes[0..<8])
        add(frame.bytes[Self.frameHeaderSize...])
        return sum == frame.sum
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        let words = Self.words(bytes, isBigEndian: isBigEndian)
        for index in stride(from: 0, to: words.count, by: 2) {
            sum.0 = sum.0 &+ words[index] &+ sum.1
            sum.1 = sum.1 &+ words[index + 1] &+ sum.0
        }
    }

    private static func words(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt32] {
        bytes.withUnsafeBytes { buffer in
            stride(from: 0, to: buffer.count, by: 4).map { offset in
                let word = buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
            }
        }
    }

    private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> ArraySlice<UInt8> {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = bytes.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
        }
        return bytes.prefix(max(0, found))
    }
}
