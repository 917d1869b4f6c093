import Model

/// The figures for programs: one object on one line; what was not measured is null.
extension StorageFigures {
    var json: String {
        var json = JSONText()
        json.object { json in
            json.name("machine")
            json.object { $0.member("cores", cores) }
            json.name("size")
            json.object { json in
                json.member("observations", size.observations)
                json.member("experiences", size.experiences)
                json.member("days", size.days)
                json.member("cohort_subjects", subjects)
            }
            json.name("ingest")
            writeIngest(to: &json)
            json.name("bytes_per_observation")
            writeSizes(to: &json)
            json.name("reports")
            writeReports(to: &json)
            json.name("retention")
            json.object { json in
                json.member("observations_per_s", retention.perSecond)
                json.member("longest_ms", retention.longestSeconds * 1e3)
                json.member("p99_ms", retention.p99Seconds * 1e3)
                json.member("growth_bytes_each", retention.growthEach)
            }
            json.name("goals")
            json.array(goals) { $1.write(to: &$0) }
        }
        json.endLine()
        return json.text
    }

    private func writeIngest(to json: inout JSONText) {
        json.object { json in
            for (contestant, medians) in ingest.medians {
                json.name(contestant.rawValue)
                json.object { json in
                    json.member("observations_per_s", medians.perSecond)
                    json.member("cpu_us_each", medians.cpuUsEach)
                    json.member("least_cpu_us_each", medians.cpuUsRange.least)
                    json.member("most_cpu_us_each", medians.cpuUsRange.most)
                }
            }
        }
    }

    private func writeSizes(to json: inout JSONText) {
        json.object { json in
            json.name("variometer")
            json.object { json in
                for share in FileShares.Share.allCases {
                    json.member(share.rawValue, bytesEach(share))
                }
            }
            for (contestant, bytes) in files { json.member(contestant.rawValue, each(bytes)) }
        }
    }

    private func writeReports(to json: inout JSONText) {
        json.object { json in
            for report in reports {
                json.name(report.question.rawValue)
                json.object { json in
                    json.member("ms", report.seconds * 1e3)
                    json.member("peak_memory_bytes", report.peakBytes)
                    json.member("duckdb_ms", report.duckSeconds.map { $0 * 1e3 })
                    json.member("sqlite_ms", report.sqliteSeconds.map { $0 * 1e3 })
                }
            }
        }
    }
}

extension StorageGoal {
    fileprivate func write(to json: inout JSONText) {
        json.object { json in
            json.member("name", name)
            json.member("value", value)
            json.member("peer", peer?.rawValue)
            json.member("peer_value", peerValue)
            json.member("ratio", ratio)
            let of = isOfRatio ? "_ratio" : ""
            switch goal {
            case .atMost(let limit): json.member("at_most" + of, limit)
            case .atLeast(let limit): json.member("at_least" + of, limit)
            }
        }
    }
}
