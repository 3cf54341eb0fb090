import Crypto

/// SHA-256 of bytes that arrive in pieces, as `sha256:` and 64 hex digits.
package struct ByteDigest {
    private var hash = SHA256()

    package init() {}

    package mutating func add(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    package func finish() -> String { "sha256:" + Hex.text(hash.finalize()) }
}
