/// The figures for people: a table of each kind, and last each number beside its goal and its peer.
extension StorageFigures {
    var text: String {
        let chunks = ingest[.variometer]?.samples.count ?? 0
        return """
            storage: \(size.observations.formatted) observations, \(size.experiences) a fetch, due \
            within \(size.days) days; medians of \(chunks) chunks that all take in turn, on \
            \(cores) cores

            ingest, \(StorageSize.commit.formatted) results a transaction
            \(ingestTable)
            file, bytes an observation
            \(sizeTable)
            reports over all days, ms
            \(reportTable)
            \(goalTable)
            """
    }

    private var ingestTable: String {
        row("", ["observations/s", "CPU µs each", "least–most"])
            + ingest.medians.map { contestant, medians in
                row(
                    contestant.words,
                    [
                        medians.perSecond.text(digits: 0), medians.cpuUsEach.text(digits: 2),
                        medians.cpuUsRange.least.text(digits: 2) + "–"
                            + medians.cpuUsRange.most.text(digits: 2),
                    ])
            }.joined()
    }

    private var sizeTable: String {
        let own = FileShares.Share.allCases.map { share in
            row("variometer: " + share.words, [bytesEach(share).text(digits: 2)])
        }
        let peers = files.map { contestant, bytes in
            row(contestant.words, [each(bytes).text(digits: 2)])
        }
        return (own + peers).joined()
    }

    private var reportTable: String {
        row("", ["variometer", "memory MB", "DuckDB, rows", "SQLite, rows"])
            + reports.map { report in
                row(
                    report.question.words,
                    [
                        (report.seconds * 1e3).text(digits: 1),
                        (Double(report.peakBytes) / 1e6).text(digits: 1),
                        report.duckSeconds.map { ($0 * 1e3).text(digits: 1) } ?? "–",
                        report.sqliteSeconds.map { ($0 * 1e3).text(digits: 0) } ?? "–",
                    ])
            }.joined()
    }

    private var goalTable: String {
        row("", ["figure", "goal", "peer", "ratio"])
            + goals.map { goal in
                row(
                    goal.text,
                    [
                        goal.value?.text(digits: goal.digits) ?? "unknown", goal.limit,
                        goal.peerValue?.text(digits: goal.digits) ?? "–",
                        goal.ratio?.text(digits: 2) ?? "–",
                    ], note: goal.peer.map { "  (\($0.words))" } ?? "")
            }.joined()
    }

    private func row(_ name: String, _ cells: [String], note: String = "") -> String {
        let width = 46
        let padded = cells.map { String(repeating: " ", count: max(2, 16 - $0.count)) + $0 }
        return "  " + name + String(repeating: " ", count: max(0, width - name.count))
            + padded.joined() + note + "\n"
    }
}

extension StorageGoal {
    fileprivate var limit: String {
        let unit = isOfRatio ? " × peer" : ""
        switch goal {
        case .atMost(let limit): return "≤ " + limit.text(digits: isOfRatio ? 1 : 0) + unit
        case .atLeast(let limit): return "≥ " + limit.text(digits: isOfRatio ? 1 : 0) + unit
        }
    }
}

extension Contestant {
    fileprivate var words: String { rawValue.replacing("_", with: " ") }
}

extension FileShares.Share {
    fileprivate var words: String {
        switch self {
        case .observations: "results and observations"
        case .names: "texts, contexts, answers"
        case .map: "targeting map and assignments"
        case .rollups: "rollups"
        case .rest: "the rest"
        }
    }
}
