import Testing

@testable import Configuring

@Suite struct InterpolationTests {
    private let environment = ["A": "1", "_b2": "${A}", "EMPTY": ""]

    @Test(arguments: [
        ("plain", "plain"), ("${A}", "1"), ("x${A}y${A}", "x1y1"), ("${EMPTY}", ""),
        // What a variable holds is not looked through again.
        ("${_b2}", "${A}"),
        ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$A $ $$", "$A $ $$"), ("€${A}€", "€1€"),
    ])
    func `variables are put in`(_ written: String, _ text: String) throws {
        #expect(try interpolated(written, from: environment) == text)
    }

    @Test(arguments: [
        ("${NONE}", "the environment variable NONE is not set"),
        ("${", "${ begins the name of an environment variable, which is missing here"),
        ("${}", "${ begins the name of an environment variable, which is missing here"),
        ("${A", "${ begins the name of an environment variable, which is missing here"),
        ("${1A}", "${ begins the name of an environment variable, which is missing here"),
        ("${A B}", "${ begins the name of an environment variable, which is missing here"),
    ])
    func `what cannot be put in is told`(_ written: String, _ message: String) {
        let error = #expect(throws: InterpolationError.self) {
            try interpolated(written, from: environment)
        }
        #expect(error?.message == message)
    }
}
