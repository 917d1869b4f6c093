import Foundation
import Model
import Planning
import Testing

@testable import Configuring

@Suite struct SubjectFileTests {
    private func told(_ text: String) -> [String] {
        subjects(in: Array(text.utf8), file: "u.csv").faults.map(\.description)
    }

    @Test func `identifiers follow the customer id, empty ones are left out`() {
        let text = "customer_id,u_em,tier\nada,a@example.com,gold\nbob,,\n"
        let read = subjects(in: Array(text.utf8), file: "u.csv")
        #expect(read.faults == [])
        #expect(
            read.records == [
                SubjectRecord(
                    customerID: "ada",
                    identifiers: [
                        Attribute(name: "u_em", value: "a@example.com"),
                        Attribute(name: "tier", value: "gold"),
                    ]),
                SubjectRecord(customerID: "bob", identifiers: []),
            ])
    }

    @Test(arguments: [
        ("", ["u.csv:1:1: the file is empty (its header is customer_id, then any identifiers)"]),
        (
            "id\na\n",
            [
                "u.csv:1:1: the first column is not customer_id "
                    + "(its header is customer_id, then any identifiers)"
            ]
        ),
        ("customer_id,a,a\nx,1,2\n", ["u.csv:1:1: each column needs a name of its own"]),
        ("customer_id\n", ["u.csv:1:1: lists no subjects"]),
        (
            "customer_id,a\nx,1\n,2\ny\nx,3\n",
            [
                "u.csv:3:1: the customer_id is empty",
                "u.csv:4:1: has 1 fields where the header has 2",
                "u.csv:5:1: this customer_id stands twice, first in line 2",
            ]
        ),
        (
            "customer_id\n\"x\n",
            ["u.csv:2:1: a quoted field does not end (quoting is that of RFC 4180)"]
        ),
    ])
    func `every fault is told with its line, and no id`(_ text: String, _ expected: [String]) {
        #expect(told(text) == expected)
    }

    @Test func `a file that is wrong as a whole is not told line by line`() {
        #expect(told("customer_id\n" + String(repeating: "x\n", count: 1_000)).count == 20)
    }

    @Test func `faults of subject files follow those of the configuration`() throws {
        try withFolder { folder in
            try write("customer_id\na\na\n", to: folder.appending(path: "users.csv"))
            let file = folder.appending(path: "v.yaml").path
            let text = try sound("{ count: 200, prefix: panel- }", by: "{ file: users.csv }")
                .replacingOccurrences(of: "rate: 5/s", with: "rate: 5")
            let told = faults(text, file: file)
            #expect(
                told == [
                    "\(file):15:11: plans.storefront.rate: '5' is not a rate "
                        + "(for example 5/s, 600/min or 100/h)",
                    "\(folder.path)/users.csv:3:1: this customer_id stands twice, first in line 2",
                ])
        }
    }

    @Test func `a user of the panel is none of the cohort`() throws {
        try withFolder { folder in
            try write("customer_id\na\nb\n", to: folder.appending(path: "users.csv"))
            try write("customer_id\nb\nc\n", to: folder.appending(path: "cohort.csv"))
            let file = folder.appending(path: "v.yaml").path
            let text = try sound("{ count: 200, prefix: panel- }", by: "{ file: users.csv }")
                .replacingOccurrences(of: "prefix: cohort-", with: "file: cohort.csv")
            #expect(
                faults(text, file: file) == [
                    "\(file):16:5: plans.storefront.subjects: 1 of the cohort file's users are in "
                        + "the panel file too (a cohort is a fresh sample: its users are asked once)"
                ])
        }
    }
}
