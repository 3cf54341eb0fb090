/// Durations as one says them of things that nobody knows to the second.
enum RoughDuration {
    /// `under a minute`, `about 12 min`, `about 2 h 5 min`, `about 3 d 4 h`
    static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds < 60 { return "under a minute" }
        let minutes = (seconds + 30) / 60
        if minutes < 60 { return "about \(minutes) min" }
        if minutes < 24 * 60 { return "about \(minutes / 60) h" + rest(minutes % 60, "min") }
        let hours = (minutes + 30) / 60
        return "about \(hours / 24) d" + rest(hours % 24, "h")
    }

    private static func rest(_ count: Int64, _ unit: String) -> String {
        count == 0 ? "" : " \(count) \(unit)"
    }
}
