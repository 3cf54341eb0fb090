import Foundation
import JobRunner
import Testing

/// Goal: what a user names is looked at through the open descriptor, and nothing that it turns out to be holds the
/// process. Method: pipes, folders, devices, links, other modes and owners under each purpose.
struct InputFileTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "keyshift-input-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, mode: mode_t) throws -> String {
        let path = "\(folder)/\(name)"
        try Data("a=b\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
        return path
    }

    private func cause(_ path: String, _ purpose: InputFile.Purpose) -> InputFile.Unreadable.Cause? {
        do {
            _ = try InputFile.start(of: path, for: purpose, count: 16)
            return nil
        } catch { return error.cause }
    }

    @Test(.timeLimit(.minutes(1))) func whatIsNoRegularFile() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pipe = "\(folder)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let link = "\(folder)/link"
        #expect(symlink(pipe, link) == 0)
        for purpose in [InputFile.Purpose.plain, .secret, .credentials] {
            for path in [pipe, link, "/dev/zero", "/dev/null"] {
                #expect(cause(path, purpose) == .notRegular, "\(path)")
            }
            #expect(cause(folder, purpose) == .system(EISDIR))
            #expect(cause("\(folder)/none", purpose) == .system(ENOENT))
            #expect(cause("-", purpose) == .system(ENOENT), "standard input is no file")
        }
    }

    @Test func modesAndOwners() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for mode: mode_t in 0...0o77 {
            let path = try file("mode", mode: 0o600 | mode)
            #expect(cause(path, .plain) == nil)
            #expect(cause(path, .secret) == (mode & 0o022 == 0 ? nil : .writableByOthers))
            #expect(cause(path, .credentials) == (mode == 0 ? nil : .readableByOthers))
        }
        guard geteuid() == 0 else { return }
        let path = try file("theirs", mode: 0o600)
        #expect(chown(path, 4242, 4242) == 0)
        #expect(cause(path, .plain) == nil)
        for purpose in [InputFile.Purpose.secret, .credentials] {
            #expect(cause(path, purpose) == .foreign(owner: 4242))
        }
    }

    /// As a shell's `<(…)` gives it: the writer may be slow, and all that it writes is read.
    @Test(.timeLimit(.minutes(1))) func aSheetFromAPipe() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "sleep 0.2; (printf one; sleep 0.2; printf two) > \"$0\"", path]
        try writer.run()
        let read = try InputFile.start(of: path, for: .sheet, count: 100)
        #expect(String(decoding: read, as: UTF8.self) == "onetwo")
        writer.waitUntilExit()
    }
}
