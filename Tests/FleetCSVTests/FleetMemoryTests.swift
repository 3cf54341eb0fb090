import AtlasAPI
import FleetCSV
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Goal: memory does not grow with the fleet. Method: a million rows made on the fly, resident memory after
/// each twentieth.
@Suite struct FleetMemoryTests {
    static let rows = 1_000_000

    @Test func aMillionRowsInFlatMemory() {
        var reader = FleetReader()
        var count = 0
        var last: FleetRow?
        let sink: FleetReader.RowSink = { row, _ in
            count += 1
            last = row
        }
        try? reader.feed(Array("project_id,role\n".utf8), to: sink)
        var sizes: [Int] = []
        for stretch in 0..<20 {
            Self.feed(stretch * Self.rows / 20..<(stretch + 1) * Self.rows / 20, to: &reader, sink)
            sizes += Self.residentBytes().map { [$0] } ?? []
        }
        try? reader.finish(to: sink)
        #expect(reader.problems.isEmpty && count == Self.rows && reader.rowCount == Self.rows)
        #expect(last?.ordinal == Self.rows && last?.line == Self.rows + 1)
        #expect(last?.id.text == "0000000000000000000f423f" && last?.cells[1] == "r, 1")
        // Kept rows would cost some 10 MB in every stretch; other tests that run meanwhile disturb some of them only.
        let growths = zip(sizes, sizes.dropFirst()).map { $1 - $0 }.sorted()
        if !growths.isEmpty { #expect(growths[growths.count / 2] < 3 << 20, "\(growths)") }
    }

    /// Pieces of about 64 KiB whose ends fall anywhere.
    private static func feed(_ numbers: Range<Int>, to reader: inout FleetReader, _ sink: FleetReader.RowSink)
    {
        let digits = Array("0123456789abcdef".utf8)
        let tail = Array(",\"r, 1\"\n".utf8)
        var piece: [UInt8] = []
        piece.reserveCapacity(66_000)
        for number in numbers {
            for shift in stride(from: 92, through: 0, by: -4) {
                piece.append(shift > 60 ? digits[0] : digits[(number >> shift) & 15])
            }
            piece.append(contentsOf: tail)
            if piece.count > 65_521 {
                try? reader.feed(Array(piece[..<65_521]), to: sink)
                piece.removeFirst(65_521)
            }
        }
        try? reader.feed(piece, to: sink)
    }

    /// nil where there is no `/proc`.
    private static func residentBytes() -> Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let words = text.split(separator: " ")
        return words.count > 1 ? Int(words[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }
}
