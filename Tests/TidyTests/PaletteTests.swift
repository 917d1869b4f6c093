import Foundation
import TestKit
import Testing

@Suite("The page's style sheet")
struct PaletteTests {
    private let folder = checkout.appending(path: "dashboards/page")

    private func sheet(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test("states every colour in the palette alone")
    func once() throws {
        let color = /#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(/
        let sheets = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        for name in sheets where name.hasSuffix(".css") && name != "palette.css" {
            #expect(try sheet(name).firstMatch(of: color) == nil, "\(name)")
        }
        for file in try sourceFiles() where file.isSource {
            let isColored = file.lines.contains { $0.contains(/[: "]#[0-9a-fA-F]{6}\b/) }
            #expect(!isColored, "\(file.path)")
        }
    }

    @Test("states each colour for light and for dark, and uses it")
    func modes() throws {
        let parts = try sheet("palette.css").components(separatedBy: "@media")
        #expect(parts.count == 2)
        let (light, dark) = (names(in: parts[0]), names(in: parts[1]))
        #expect(light == dark && !light.isEmpty)
        let rules = try sheet("page.css") + sheet("charts.css")
        for name in light { #expect(rules.contains("var(\(name))"), "\(name)") }
        let used = rules.matches(of: /var\((--[a-z0-9]+)\)/).map { String($0.1) }
        #expect(Set(used).subtracting(light) == ["--c"])
    }

    private func names(in text: String) -> [String] {
        text.matches(of: /(--[a-z0-9]+):/).map { String($0.1) }
    }
}
