/// One record: the fields' bytes in one buffer, so that a record costs no allocation per field until someone
/// asks for a field's text. Quotes are taken off, doubled quotes are single.
package struct CSVRecord: Sendable {
    /// Where each field begins: its first byte, or the opening quote.
    package private(set) var positions: [SourcePosition] = []
    private var bytes: [UInt8] = []
    /// For each finished field, where it ends in `bytes`.
    private var ends: [Int] = []

    init() {}

    package var count: Int { ends.count }

    /// Whether no field holds anything.
    var isAllEmpty: Bool { bytes.isEmpty }

    /// The line on which the record begins.
    package var line: Int { positions.first?.line ?? 1 }

    /// The text of a field. The tokenizer has checked that it is UTF-8.
    package subscript(index: Int) -> String {
        String(decoding: bytes[range(of: index)], as: UTF8.self)
    }

    package func bytes(of index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    private func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }
}

// Building, for the tokenizer.
extension CSVRecord {
    /// Bytes of all fields so far.
    var size: Int { bytes.count }
    /// The field that is being read.
    var open: ArraySlice<UInt8> { bytes[(ends.last ?? 0)...] }
    /// Bytes of the field that is being read.
    var openSize: Int { bytes.count - (ends.last ?? 0) }

    mutating func begin(at position: SourcePosition) { positions.append(position) }
    mutating func append(_ byte: UInt8) { bytes.append(byte) }
    mutating func append(_ run: UnsafeRawBufferPointer) { bytes.append(contentsOf: run) }
    mutating func end() { ends.append(bytes.count) }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }
}
