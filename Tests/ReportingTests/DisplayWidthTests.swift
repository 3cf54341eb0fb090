import Reporting
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("ｆｕｌｌ", 8), ("한글", 4), ("👍", 2),
        ("👨‍👩‍👧", 2), ("a日b", 4), ("…", 1), ("→", 1),
    ])
    func columns(_ text: String, _ width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test func whatIsCutFits() {
        for text in ["read 66 of 243  10 blocked", "日本語のプロジェクト", "a日b本c語d", "👍👍👍👍👍", "ab\u{301}cd\u{301}ef"] {
            for columns in 0...20 {
                let cut = DisplayWidth.cut(text, to: columns)
                #expect(DisplayWidth.of(cut) <= columns, "\(cut)")
                #expect(cut == text || cut.hasSuffix("…") || columns == 0)
                #expect(cut != text || DisplayWidth.of(text) <= columns)
                // No more is cut than must be: a wide character may leave a column free.
                #expect(cut == text || columns == 0 || DisplayWidth.of(cut) >= columns - 1)
            }
        }
    }
}
