import Foundation
import Testing

extension Rig {
    /// Changes a project in the simulator's state file, which `--state state.json` keeps, while the simulator is down.
    func changeState(of project: String, _ edit: @escaping ([String: Any]) -> [String: Any]) async throws {
        try await simulator.stop()
        let path = URL(filePath: simulator.folder.file("state.json"))
        let found = try JSONSerialization.jsonObject(with: Data(contentsOf: path))
        var count = 0
        let changed = Self.edited(found) { object in
            guard object["id"] as? String == project, object["access"] != nil else { return nil }
            count += 1
            return edit(object)
        }
        try #require(count == 1)
        try JSONSerialization.data(withJSONObject: changed).write(to: path)
        try await simulator.restart()
    }

    private static func edited(_ value: Any, _ edit: ([String: Any]) -> [String: Any]?) -> Any {
        if let object = value as? [String: Any] {
            return edit(object) ?? object.mapValues { edited($0, edit) }
        }
        if let list = value as? [Any] { return list.map { edited($0, edit) } }
        return value
    }

    /// `open`, `deleted` or `forbidden`.
    func setAccess(of project: String, to access: String) async throws {
        try await changeState(of: project) { $0.merging(["access": access]) { $1 } }
    }
}
