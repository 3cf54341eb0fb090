/// Cuts bytes into records: RFC 4180 over UTF-8, with another separator where one is given; strict, streaming, holding
/// no more than one record.
///
/// Differences from the RFC: a byte order mark at the very start and lines that end with LF alone are fine, and
/// wholly blank lines are skipped. Inside quotes CR and LF are text. A record with an error is not delivered;
/// its first error is. Reading goes on at the next line end after an error of structure, and in the same
/// place after one of content, so that a bad byte inside a quoted field does not put the quotes out of step.
package struct CSVTokenizer: Sendable {
    package enum Event: Sendable {
        case record(CSVRecord)
        case problem(CSVProblem)
    }

    package typealias Sink = (Event) throws -> Void

    package static let fieldLimit = 1 << 20
    package static let recordLimit = 16 << 20
    package static let fieldCountLimit = 10_000

    private enum State {
        /// At the start of the file, after this many bytes of a byte order mark.
        case start(Int)
        /// At the start of a line: LF here is a blank line. → unquoted, quoted, carriageReturn
        case recordStart
        /// After a comma. → unquoted, quoted, carriageReturn, recordStart
        case fieldStart
        case unquoted
        case quoted
        /// After a quote inside quotes: the field's end or the first of two. → quoted, fieldStart, recordStart
        case quoteSeen
        /// After a CR outside quotes: LF must follow. → recordStart, skipping
        case carriageReturn
        /// After an error of structure: to the next LF. → recordStart
        case skipping
    }

    private let separator: UInt8
    private var state = State.start(0)
    private var record = CSVRecord()
    private var place = CSVPlace()
    private var utf8 = UTF8Check()
    /// Whether the current record has had its error already.
    private var isBroken = false
    private var problem: CSVProblem?

    /// `separator`: a byte of ASCII other than a quote or a line end.
    package init(separator: UInt8 = UInt8(ascii: ",")) { self.separator = separator }

    /// Reads the next bytes of the file; they may end anywhere. What `sink` throws ends the reading.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer, to sink: Sink) rethrows {
        var index = 0
        while index < bytes.count {
            let (next, isRecordEnd) = step(bytes, from: index)
            place.offset += next - index
            index = next
            if isRecordEnd {
                place.newLine()
                try endRecord(to: sink)
            } else if problem != nil {
                try report(to: sink)
            }
        }
    }

    package mutating func feed(_ bytes: [UInt8], to sink: Sink) rethrows {
        try bytes.withUnsafeBytes { try feed($0, to: sink) }
    }

    /// The file has ended: delivers a last line without line end, or says what is missing.
    package mutating func finish(to sink: Sink) rethrows {
        if !utf8.isComplete { fail(.invalidUTF8, at: utf8.start) }
        switch state {
        // A mark that was cut short.
        case .start(1...): fail(.invalidUTF8, at: .start)
        case .start, .recordStart, .skipping: break
        case .fieldStart: beginField()
        case .unquoted, .quoteSeen: break
        case .carriageReturn: fail(.loneCarriageReturn, at: place.previous)
        case .quoted:
            try report(to: sink)
            isBroken = false
            fail(.unterminatedQuote, at: record.positions.last ?? place.current)
        }
        try report(to: sink)
        if record.positions.count > record.count { record.end() }
        try endRecord(to: sink)
    }
}

// One step of each state: returns the index after what it took, and whether that ended the record.
extension CSVTokenizer {
    private typealias Step = (next: Int, isRecordEnd: Bool)

    private mutating func step(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Step {
        switch state {
        case .start(let matched): return (startOfFile(bytes[index], matched, index), false)
        case .recordStart, .fieldStart: return fieldStart(bytes[index], index)
        case .unquoted: return unquoted(bytes, index)
        case .quoted: return (quoted(bytes, index), false)
        case .quoteSeen: return quoteSeen(bytes[index], index)
        case .carriageReturn:
            if bytes[index] == Byte.lineFeed { return (index + 1, true) }
            breakOff(.loneCarriageReturn, at: place.previous)
            return (index, false)
        case .skipping:
            var end = index
            while end < bytes.count, bytes[end] != Byte.lineFeed { end += 1 }
            return end < bytes.count ? (end + 1, true) : (end, false)
        }
    }

    private mutating func startOfFile(_ byte: UInt8, _ matched: Int, _ index: Int) -> Int {
        guard byte == Byte.mark[matched] else {
            state = .recordStart
            guard matched > 0 else { return index }
            // No mark after all: its first bytes belong to a field.
            record.begin(at: .start)
            state = .unquoted
            for byte in Byte.mark.prefix(matched) { take(nonASCII: byte, at: .start) }
            return index
        }
        if matched == 2 {
            state = .recordStart
            // After this step the offset is 3, and the first column is still ahead.
            place.lineStart = 3
        } else {
            state = .start(matched + 1)
        }
        return index + 1
    }

    private mutating func fieldStart(_ byte: UInt8, _ index: Int) -> Step {
        if case .recordStart = state, byte == Byte.lineFeed { return (index + 1, true) }
        if case .recordStart = state, byte == Byte.carriageReturn {
            state = .carriageReturn
            return (index + 1, false)
        }
        beginField()
        if byte == Byte.quote {
            state = .quoted
            return (index + 1, false)
        }
        state = .unquoted
        return (index, false)
    }

    private mutating func unquoted(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Step {
        var end = start
        if utf8.isComplete {
            while end < bytes.count, Byte.isPlain(bytes[end], separator) { end += 1 }
            take(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            guard end < bytes.count else { return (end, false) }
        }
        let byte = bytes[end]
        let here = place.ahead(end - start)
        if !utf8.isComplete && byte < 0x80 { breakUTF8() }
        switch byte {
        case separator:
            record.end()
            state = .fieldStart
        case Byte.lineFeed:
            record.end()
            return (end + 1, true)
        case Byte.carriageReturn:
            record.end()
            state = .carriageReturn
        case Byte.quote: breakOff(strayQuote, at: here)
        case Byte.nul: fail(.nul, at: here)
        case 0x80...: take(nonASCII: byte, at: here)
        // Plain, after a sequence that was cut short.
        default: take(byte)
        }
        return (end + 1, false)
    }

    /// What stands before a quote that is not at the field's start often says how it came there.
    private var strayQuote: CSVProblem.Kind {
        if isBroken { return .strayQuote }
        let before = record.open
        if before.elementsEqual([UInt8(ascii: "=")]) { return .wrappedQuote(.formula) }
        if before.count == 9, String(decoding: before, as: UTF8.self).lowercased() == "objectid(" {
            return .wrappedQuote(.objectID)
        }
        return before.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? .wrappedQuote(.space) : .strayQuote
    }

    private mutating func quoted(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = start
        if utf8.isComplete {
            while end < bytes.count, Byte.isPlainInQuotes(bytes[end]) { end += 1 }
            take(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            guard end < bytes.count else { return end }
        }
        let byte = bytes[end]
        let here = place.ahead(end - start)
        if !utf8.isComplete && byte < 0x80 { breakUTF8() }
        switch byte {
        case Byte.quote: state = .quoteSeen
        case Byte.lineFeed:
            take(byte)
            place.newLine(ahead: end + 1 - start)
        case Byte.nul: fail(.nul, at: here)
        case 0x80...: take(nonASCII: byte, at: here)
        default: take(byte)
        }
        return end + 1
    }

    private mutating func quoteSeen(_ byte: UInt8, _ index: Int) -> Step {
        switch byte {
        case Byte.quote:
            take(byte)
            state = .quoted
        case separator:
            record.end()
            state = .fieldStart
        case Byte.lineFeed:
            record.end()
            return (index + 1, true)
        case Byte.carriageReturn:
            record.end()
            state = .carriageReturn
        default:
            breakOff(.textAfterQuote, at: place.current)
            return (index, false)
        }
        return (index + 1, false)
    }
}

// Content, limits and errors.
extension CSVTokenizer {
    private mutating func beginField() {
        if record.positions.count >= Self.fieldCountLimit {
            fail(.tooManyFields(limit: Self.fieldCountLimit), at: place.current)
        }
        // A broken record's fields are let go of, but the current one's place is kept for an open quote.
        if isBroken { record.clear() }
        record.begin(at: place.current)
    }

    private mutating func take(_ run: UnsafeRawBufferPointer) {
        guard !isBroken, !run.isEmpty else { return }
        if fits(run.count) { record.append(run) }
    }

    private mutating func take(_ byte: UInt8) {
        guard !isBroken else { return }
        if fits(1) { record.append(byte) }
    }

    private mutating func take(nonASCII byte: UInt8, at here: SourcePosition) {
        if utf8.isComplete { utf8.start = here } else { place.continuations += 1 }
        if !utf8.accepts(byte) { breakUTF8() }
        take(byte)
    }

    private mutating func breakUTF8() {
        utf8.reset()
        fail(.invalidUTF8, at: utf8.start)
    }

    private mutating func fits(_ more: Int) -> Bool {
        if record.openSize + more > Self.fieldLimit {
            fail(.fieldTooLong(limit: Self.fieldLimit), at: record.positions.last ?? place.current)
        } else if record.size + more > Self.recordLimit {
            fail(.recordTooLong(limit: Self.recordLimit), at: record.positions.first ?? place.current)
        }
        return !isBroken
    }

    /// Notes an error of content: reading goes on in the same state.
    private mutating func fail(_ kind: CSVProblem.Kind, at position: SourcePosition) {
        guard !isBroken else { return }
        isBroken = true
        problem = CSVProblem(kind, at: position)
    }

    /// Notes an error of structure: reading goes on at the next line end.
    private mutating func breakOff(_ kind: CSVProblem.Kind, at position: SourcePosition) {
        fail(kind, at: position)
        state = .skipping
    }

    private mutating func report(to sink: Sink) rethrows {
        guard let found = problem else { return }
        problem = nil
        try sink(.problem(found))
    }

    private mutating func endRecord(to sink: Sink) rethrows {
        try report(to: sink)
        state = .recordStart
        utf8.reset()
        defer {
            isBroken = false
            record.clear()
        }
        if !isBroken, record.count > 0 { try sink(.record(record)) }
    }
}
