// A state is written with every window that closes, and has some thousand streams: writing it with
// Foundation's encoder took longer than working it out.

extension AnalysisState {
    /// What a decoder reads as the same state; a number beyond all numbers is `"inf"`, `"-inf"` or
    /// `"nan"`.
    package func write(to json: inout JSONText) {
        json.object { json in
            json.name(plain: "rates")
            json.array(rates) { $1.write(to: &$0) }
            json.name(plain: "splits")
            json.array(splits) { $1.write(to: &$0) }
            json.member("watchedRates", watchedRates)
        }
    }
}

extension EpochSplit {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            json.member("target", target)
            json.member("plan", plan)
            json.member("experience", experience)
            json.member("ramp", ramp)
            json.member("since", since.microseconds)
            json.member("epoch", epoch)
            json.name(plain: "arms")
            json.array(arms) { json, arm in
                json.object { json in
                    json.member("outcome", arm.outcome.rawValue)
                    json.member("audience", arm.audience)
                    json.member("variation", arm.variation)
                    json.member("count", arm.count)
                }
            }
            json.member("missing", missing)
            json.name(plain: "tests")
            json.array(tests) { json, test in
                json.object { json in
                    json.member("audience", test.audience)
                    json.name(plain: "lnE")
                    json.evidence(test.lnE)
                    json.name(plain: "lnEMax")
                    json.evidence(test.lnEMax)
                    json.member("maxAt", test.maxAt.microseconds)
                }
            }
            json.name(plain: "streams")
            json.array(streams) { $1.write(to: &$0) }
        }
    }
}

extension SegmentStream {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            json.member("audience", audience)
            json.member("segment", segment)
            json.name(plain: "counts")
            json.array(counts) { $0.value($1) }
            json.detector(lnR: lnR, rise: rise, start: start, since: since)
            json.member("hour", hour)
            json.member("firstHour", firstHour)
        }
    }
}

extension RateStream {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            json.member("target", target)
            json.member("plan", plan)
            json.member("segment", segment)
            json.member("measure", measure)
            json.detector(lnR: lnR, rise: rise, start: start, since: since)
            json.member("hour", hour)
        }
    }
}

extension JSONText {
    fileprivate mutating func detector(
        lnR: [Double], rise: [Double], start: [Int64], since: [Int]
    ) {
        name(plain: "lnR")
        array(lnR) { $0.evidence($1) }
        name(plain: "rise")
        array(rise) { $0.evidence($1) }
        name(plain: "start")
        array(start) { $0.value($1) }
        name(plain: "since")
        array(since) { $0.value($1) }
    }

    fileprivate mutating func evidence(_ number: Double) {
        if number.isFinite {
            value(number)
        } else {
            value(number.isNaN ? "nan" : number < 0 ? "-inf" : "inf")
        }
    }
}
