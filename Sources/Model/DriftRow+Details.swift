/// What stands beside the shares of a drift row.
extension DriftRow {
    /// Which hours of the baseline the span is held against.
    package enum Hours: String, Sendable, CaseIterable {
        /// The same hours of the week, so that a rhythm of the target is no drift.
        case ofWeek = "hours_of_week"
        /// The same hours of the day: the baseline is no whole week.
        case ofDay = "hours_of_day"
        /// All of them: it has not even the same hours of the day.
        case all
    }

    /// How panel subjects got from a former split to another one.
    package enum Transition: String, Sendable, CaseIterable {
        /// As few moved as the new split needs.
        case minimalMove = "minimal_move"
        /// Everybody was drawn anew: a seed or a hash is another one.
        case reshuffle
    }

    /// A time at which the hourly shares changed.
    package struct Change: Hashable, Sendable {
        /// The first hour of the new shares, most likely.
        package var at: Instant
        /// It was not before `low` and not after `high`, at a likelihood within e² of the best.
        package var low: Instant
        package var high: Instant
        /// Shares by arm, in the row's order, from the change before and until the next.
        package var before: [Double]
        package var after: [Double]

        package init(
            at: Instant, low: Instant, high: Instant, before: [Double], after: [Double]
        ) {
            self.at = at
            self.low = low
            self.high = high
            self.before = before
            self.after = after
        }
    }

    /// A payload that was served, by the hash of its content.
    package struct Content: Hashable, Sendable {
        package var variation: String
        package var fingerprint: String
        package var firstAt: Instant
        package var lastAt: Instant

        package init(variation: String, fingerprint: String, firstAt: Instant, lastAt: Instant) {
            self.variation = variation
            self.fingerprint = fingerprint
            self.firstAt = firstAt
            self.lastAt = lastAt
        }
    }

    /// The payloads of an audience, over the rows that are read of the span and of the baseline.
    package struct Contents: Hashable, Sendable {
        /// How many the baseline had.
        package var known: Int
        /// Not among them, and those of them that the span had none of.
        package var appeared: [Content]
        package var vanished: [Content]
        /// Variations whose payload is another one for each subject: not listed.
        package var varying: [String]

        package init(
            known: Int, appeared: [Content], vanished: [Content], varying: [String]
        ) {
            self.known = known
            self.appeared = appeared
            self.vanished = vanished
            self.varying = varying
        }
    }

    /// Keys or data types of a variation's payload that are others than they were.
    package struct Keys: Hashable, Sendable {
        package var variation: String
        package var firstAt: Instant
        /// `payload without Image:string, with Picture:string`.
        package var words: String

        package init(variation: String, firstAt: Instant, words: String) {
            self.variation = variation
            self.firstAt = firstAt
            self.words = words
        }
    }
}

extension DriftRow {
    func writeDetails(to json: inout JSONText) {
        json.member("compared", compared?.rawValue)
        json.name("changes")
        json.array(changes) { json, change in
            json.object {
                $0.member("at", change.at)
                $0.member("low", change.low)
                $0.member("high", change.high)
                $0.name("before")
                $0.array(change.before) { $0.value($1) }
                $0.name("after")
                $0.array(change.after) { $0.value($1) }
            }
        }
        json.member("transition", transition?.rawValue)
        json.name("contents")
        writeContents(to: &json)
        json.name("keys")
        json.array(keys) { json, keys in
            json.object {
                $0.member("variation", keys.variation)
                $0.member("first_at", keys.firstAt)
                $0.member("change", keys.words)
            }
        }
    }

    private func writeContents(to json: inout JSONText) {
        guard let contents else { return json.value(String?.none) }
        json.object { json in
            json.member("known", contents.known)
            for (name, list) in [
                ("appeared", contents.appeared), ("vanished", contents.vanished),
            ] {
                json.name(name)
                json.array(list) { json, content in
                    json.object {
                        $0.member("variation", content.variation)
                        $0.member("fingerprint", content.fingerprint)
                        $0.member("first_at", content.firstAt)
                        $0.member("last_at", content.lastAt)
                    }
                }
            }
            json.name("varying")
            json.array(contents.varying) { $0.value($1) }
        }
    }
}
