import Foundation
import Model
import Storage
import TestKit

/// A folder with a world, its simulator, and a configuration that probes it.
struct Scene {
    let folder: TemporaryFolder
    let simulator: Running
    let port: Int
    let environment = ["KEY": "secret"]

    init(world: String, plan: String) throws {
        folder = try TemporaryFolder()
        try folder.write(world, to: "world.json")
        simulator = try Product.start(
            ["simulate", "--world", "world.json", "--port", "0", "--journal", "journal.ndjson"],
            in: folder)
        guard let url = simulator.line(where: { $0.hasPrefix("http://127.0.0.1:") }),
            let port = Int(url.split(separator: ":").last ?? "")
        else { throw ToolFailure(path: "simulate", error: try simulator.ending().error) }
        self.port = port
        try folder.write(Scene.configuration(port: port, plan: plan), to: "v.yaml")
    }

    static func configuration(port: Int, plan: String) -> String {
        """
        store: v.db
        listen: 127.0.0.1:0
        agent: test
        seed: 11
        targets:
          sim: { base_url: "http://127.0.0.1:\(port)", workspace_id: WS1, api_key: "${KEY}", timeout: 30s, max_in_flight: 5000 }
        plans:
          shop:
            target: sim
            experiences: [hero, promo-strip, weekend]
            continuous: true
        \(plan.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
        """ + "\n"
    }

    func run(_ arguments: [String]) throws -> Product.Ending {
        try Product.run(arguments, in: folder, environment: environment)
    }

    func start(_ arguments: [String]) throws -> Running {
        try Product.start(arguments, in: folder, environment: environment)
    }

    /// Stops the simulator and returns what it truly answered.
    func journal() throws -> [JournalEntry] {
        simulator.signal(SIGTERM)
        _ = try simulator.ending()
        let text = try String(contentsOfFile: folder.path("journal.ndjson"), encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(JournalEntry.self, from: Data($0.utf8))
        }
    }

    func lines() throws -> [ObservationLine] {
        try Store(reading: folder.path("v.db")).observationLines(
            after: 0, since: nil, until: nil, limit: .max)
    }
}

extension TemporaryFolder {
    func write(_ text: String, to name: String) throws {
        try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
    }
}

/// A line of the simulator's journal.
struct JournalEntry: Decodable {
    struct Part: Decodable {
        let experience: String
        let outcome: String
        let variation: String?
        let audience: String?
    }

    let at: String
    let subject: String?
    let day: String?
    let hour: Int?
    let attributes: [String: String]
    let keys: [String]
    let fault: String?
    let experiences: [Part]
}

/// What one observation comes to, wherever it was written down.
struct Truth: Hashable {
    let subject: String
    let day: String?
    let hour: Int?
    let attributes: [String: String]
    let experience: String
    let outcome: String
    let variation: String?
    let audience: String?

    init(_ line: ObservationLine) {
        subject = line.subject
        day = line.context.day?.rawValue
        hour = line.context.hour
        attributes = Dictionary(
            line.context.attributes.compactMap { attribute in
                attribute.value.map { (attribute.name, $0) }
            }, uniquingKeysWith: { $1 })
        experience = line.observation.experience
        outcome = line.observation.outcome.rawValue
        variation = line.observation.variation
        audience = line.observation.audience
    }

    /// One for each experience of an answer; of a broken one, with the outcome that it must have.
    static func all(_ entry: JournalEntry) -> [Truth] {
        let outcomes = [
            "server_error": "failed", "rate_limit": "limited", "reset": "unreachable",
            "garbage": "malformed", "html": "malformed", "redirect": "rejected",
        ]
        if let fault = entry.fault {
            return entry.keys.map {
                Truth(
                    entry,
                    JournalEntry.Part(
                        experience: $0, outcome: outcomes[fault] ?? fault, variation: nil,
                        audience: nil))
            }
        }
        return entry.experiences.map { Truth(entry, $0) }
    }

    private init(_ entry: JournalEntry, _ part: JournalEntry.Part) {
        subject = entry.subject ?? ""
        day = entry.day
        hour = entry.hour
        attributes = entry.attributes
        experience = part.experience
        outcome = part.outcome
        variation = part.variation
        audience = part.audience
    }
}

/// How often each stands.
func counted<Item: Hashable>(_ items: some Sequence<Item>) -> [Item: Int] {
    Dictionary(items.map { ($0, 1) }, uniquingKeysWith: +)
}

func exampleWorld(_ name: String) throws -> String {
    try String(
        contentsOf: checkout.appending(path: "examples/worlds/\(name).json"), encoding: .utf8)
}

/// 7 × 4 × 2 contexts times three attribute values; 0.3 of the subjects are cohort.
let smallMatrix = """
    rate: 2000/s
    subjects:
      panel: { count: 200 }
      cohort: { share: 0.3 }
    matrix:
      day: all
      hour: [0, 6, 12, 19]
      device: [iphone, desktop-chrome]
      geo: [IN]
      attributes:
        utm_medium: [email, ads, null]
    """
