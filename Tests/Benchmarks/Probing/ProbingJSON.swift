import Model

/// The figures for programs: one object on one line; what could not be measured is null.
extension ProbingFigures {
    var json: String {
        var json = JSONText()
        json.object { json in
            json.name("machine")
            json.object { json in
                json.member("cores", cores)
                json.member("rounds", rounds)
            }
            json.name("keep_alive")
            keepAlive.write(to: &json)
            json.member("new_connection", newConnection) { $1.write(to: &$0) }
            json.name("tls")
            tls.write(to: &json)
            json.member("memory_in_flight", memory) { json, memory in
                json.object { json in
                    json.member("in_flight", memory.inFlight)
                    json.member("each_bytes", memory.bytesEach)
                }
            }
            json.name("lag")
            json.object { json in
                json.member("p50_us", lag.p50Us)
                json.member("p99_us", lag.p99Us)
                json.member("max_us", lag.maxUs)
            }
            json.name("goals")
            json.array(claims) { $1.write(to: &$0) }
        }
        json.endLine()
        return json.text
    }

    private var claims: [Claim] {
        keepAliveClaims + newConnectionClaims + tlsClaims + memoryClaims + lagClaims
    }
}

extension JSONText {
    /// What could not be measured is null, and why is told beside it.
    fileprivate mutating func member<Figure>(
        _ name: String, _ figure: Measured<Figure>, write: (inout JSONText, Figure) -> Void
    ) {
        self.name(name)
        switch figure {
        case .measured(let figure): write(&self, figure)
        case .missing(let reason):
            value(String?.none)
            member("\(name)_missing", reason)
        }
    }
}

extension Comparison {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            for (contestant, medians) in medians {
                json.name(contestant.rawValue)
                json.object { json in
                    json.member("answered_per_s", medians.perSecond)
                    json.member("cpu_s_per_1000", medians.cpuUsEach / 1_000)
                    json.member("least_cpu_s_per_1000", medians.cpuUsRange.least / 1_000)
                    json.member("most_cpu_s_per_1000", medians.cpuUsRange.most / 1_000)
                    json.member("peak_memory_bytes", medians.peakBytes)
                    json.member("dropped", medians.dropped)
                }
            }
        }
    }
}

extension Claim {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            json.member("name", unit == .ratio ? name : "\(name)_\(unit.rawValue)")
            json.member("value", value)
            switch goal {
            case .atMost(let limit): json.member("at_most", limit)
            case .atLeast(let limit): json.member("at_least", limit)
            }
        }
    }
}
