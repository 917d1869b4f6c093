import Foundation
import Model

/// Reads a fetch's body; a `String` error is what the API says of it.
struct QuestionReader {
    let places: [String: [String]]

    private static let known: Set<String> = [
        "identifiers", "experience_key", "DAY_OF_THE_WEEK", "TIME_OF_THE_DAY", "USER_IP_ADDRESS",
        "USER_AGENT",
    ]
    /// The API reads 25 keys and drops the rest.
    private static let keyLimit = 25

    func read(_ body: [UInt8]) -> Result<Question, Refusal> {
        guard let members = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        else { return .failure(Refusal("the request body is not valid JSON")) }
        var question = Question()
        question.user = (members["identifiers"] as? [String: Any])?["customer_id"] as? String
        if let keys = members["experience_key"] {
            guard let keys = keys as? [String] else {
                return .failure(Refusal("experience_key is an array of string"))
            }
            question.keys = Array(keys.prefix(Self.keyLimit))
        }
        if let day = members["DAY_OF_THE_WEEK"] {
            guard let day = (day as? String).flatMap(Weekday.init(rawValue:)) else {
                return .failure(Refusal("DAY_OF_THE_WEEK is one of Monday … Sunday"))
            }
            question.day = day
        }
        if let hour = members["TIME_OF_THE_DAY"] {
            guard let hour = (hour as? String).flatMap(Self.hour) else {
                return .failure(Refusal("TIME_OF_THE_DAY is one of 00 … 23"))
            }
            question.hour = hour
        }
        question.userAgent = members["USER_AGENT"] as? String
        question.address = members["USER_IP_ADDRESS"] as? String
        question.place = question.address.flatMap(place(of:))
        for (name, value) in members where !Self.known.contains(name) {
            question.attributes[name] = "\(value)"
        }
        return .success(question)
    }

    /// `00` … `23`, else nil.
    static func hour(_ text: String) -> Int? {
        // Int alone would take a sign.
        guard text.count == 2, text.allSatisfy(\.isWholeNumber), let hour = Int(text) else {
            return nil
        }
        return (0..<24).contains(hour) ? hour : nil
    }

    /// The place that an address lies in; nil: nowhere.
    func place(of address: String) -> String? {
        places.first { $0.value.contains { address.hasPrefix($0) } }?.key
    }

    struct Refusal: Error {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
