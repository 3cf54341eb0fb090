import AtlasAPI
import Testing

/// Goal: the same value gives the same bytes, and every JSON text is read or refused. Method: tables.
@Suite struct JSONValueTests {
    @Test(arguments: [
        (#"{ "b" : 1, "a" : [ true , null , "x/y" ] }"#, #"{"a":[true,null,"x/y"],"b":1}"#),
        ("1.0", "1"), ("-0.0", "0"), ("2.5", "2.5"), (#""é\u0001\"""#, #""é\u0001\"""#), ("[]", "[]"),
        ("{}", "{}"),
        ("9007199254740993", "9007199254740992"), ("true", "true"),
    ]) func canonical(text: String, expected: String) {
        let value = JSONValue(parsing: Array(text.utf8))
        #expect(value?.canonicalText() == expected)
        #expect(value.flatMap { JSONValue(parsing: Array($0.canonicalText().utf8)) } == value)
    }

    @Test(arguments: ["", " ", "{", "tru", "<html>", "{'a':1}", "1 2", "{\"a\":01}"])
    func notJSON(text: String) { #expect(JSONValue(parsing: Array(text.utf8)) == nil) }

    @Test func accessorsFitTheirCaseOnly() {
        let value = json(#"{"s":"x","b":false,"n":3,"h":0.5,"a":[],"o":{},"big":1e300}"#)
        #expect(value["s"]?.string == "x" && value["s"]?.bool == nil && value["b"]?.bool == false)
        #expect(value["b"]?.number == nil && value["n"]?.integer == 3 && value["h"]?.integer == nil)
        #expect(value["big"]?.integer == nil && value["a"]?.array == [] && value["o"]?.object == [:])
        #expect(value["none"] == nil && json("[1]")["s"] == nil)
    }
}
