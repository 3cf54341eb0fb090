import AtlasAPI

/// A JSON text as a value; `null` where the text is none, which no test means.
func json(_ text: String) -> JSONValue { JSONValue(parsing: Array(text.utf8)) ?? .null }

func answer(_ status: Int, _ body: String = "", _ headers: [(name: String, value: String)] = []) -> HTTPAnswer
{
    HTTPAnswer(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8))
}
