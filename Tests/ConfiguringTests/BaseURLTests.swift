import Testing

@testable import Configuring

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("HTTPS://Example.COM/", "https://example.com"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("https://a-b.c_d.example", "https://a-b.c_d.example"),
        ("https://gate.example/Personalize/v2/", "https://gate.example/Personalize/v2"),
    ])
    func `scheme, host, port and path are kept`(_ text: String, _ url: String) throws {
        #expect(try BaseURL.parse(text).get() == url)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "file:///etc/passwd", "http://", "http:///x",
        "http://u:p@h", "http://h/a//b", "http://h/../a", "http://h/a b", "http://h/a?q",
        "http://h?q", "http://h#f", "http://h:0", "http://h:65536",
        "http://h:x", "http://-h", "http://a b", "http://[::1", "http://[x]", "http://h..x",
        "http://h:80:80", "http://ex\u{202E}ample",
    ])
    func `everything else is refused`(_ text: String) {
        #expect(throws: BaseURL.Problem.self) { try BaseURL.parse(text).get() }
    }
}
