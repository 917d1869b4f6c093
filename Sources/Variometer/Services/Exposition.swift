import Model
import Statistics
import Web

/// The daemon's metrics under their public names: base units, a prefix, bounded label sets.
struct Exposition {
    let state: Telemetry.State
    let storeBytes: (main: Int64, log: Int64)

    /// Upper bounds of the latency histogram, in seconds.
    static let bounds = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10,
    ]

    var families: [MetricFamily] {
        [
            results, latency, phases, lag, dropped, observations, conditions, certificates,
            skippedRounds, reload, reloadedAt, storeSize, degraded, failures, waiting, exported,
            build,
        ]
    }

    private var results: MetricFamily {
        family(
            "variometer_results_total", "Probes that ended, by outcome.", .counter,
            state.results.map { labels, count in
                (
                    [
                        ("target", labels.target), ("plan", labels.plan),
                        ("outcome", labels.outcome), ("reason", labels.reason),
                    ], Double(count)
                )
            })
    }

    private var observations: MetricFamily {
        family(
            "variometer_observations_total", "What experiences served, by outcome.", .counter,
            state.observations.map { labels, count in
                (
                    [
                        ("target", labels.target), ("plan", labels.plan),
                        ("experience", labels.experience), ("audience", labels.audience),
                        ("variation", labels.variation), ("outcome", labels.outcome),
                    ], Double(count)
                )
            })
    }

    private var dropped: MetricFamily {
        family(
            "variometer_dropped_total", "Probes that were not sent, by cause.", .counter,
            state.dropped.flatMap { labels, causes in
                causes.map { cause, count in
                    (
                        [("target", labels.target), ("plan", labels.plan), ("cause", cause)],
                        Double(count)
                    )
                }
            })
    }

    private var latency: MetricFamily {
        histogram(
            "variometer_latency_seconds",
            "Request's first byte written to last byte received, answered probes.",
            state.latency.map { ([("target", $0.target), ("plan", $0.plan)], $1) })
    }

    private var phases: MetricFamily {
        histogram(
            "variometer_phase_seconds", "Parts of a probe's time, answered probes.",
            state.phases.flatMap { target, known in
                zip(Phase.allCases, known.sketches).filter { $1.count > 0 }.map {
                    ([("target", target), ("phase", $0.rawValue)], $1)
                }
            })
    }

    private var lag: MetricFamily {
        histogram(
            "variometer_lag_seconds", "How late probes left after they were due, by our own doing.",
            state.lag.count == 0 ? [] : [([], state.lag)])
    }

    private var conditions: MetricFamily {
        family(
            "variometer_target_state", "Whether probes leave for a target: 1 for its state.",
            .gauge,
            state.conditions.flatMap { target, present in
                TargetCondition.State.allCases.map { state in
                    (
                        [("target", target), ("state", state.rawValue)],
                        state == present ? 1 : 0
                    )
                }
            })
    }

    private var certificates: MetricFamily {
        family(
            "variometer_certificate_expiry_timestamp_seconds",
            "When the certificate that a target shows expires.", .gauge,
            state.certificateExpiries.map { ([("target", $0)], Double($1)) })
    }

    private var skippedRounds: MetricFamily {
        family(
            "variometer_rounds_skipped_total",
            "Rounds that were due while the one before had not ended.", .counter,
            state.skippedRounds.map { labels, count in
                ([("target", labels.target), ("plan", labels.plan)], Double(count))
            })
    }

    private var reload: MetricFamily {
        family(
            "variometer_config_last_reload_successful",
            "1: the last reload of the configuration succeeded, or there was none.", .gauge,
            [([], state.reloadFault == nil ? 1 : 0)])
    }

    private var reloadedAt: MetricFamily {
        family(
            "variometer_config_last_reload_success_timestamp_seconds",
            "When the configuration was last reloaded.", .gauge,
            state.reloadedAt.map { [([], Double($0.microseconds) / 1e6)] } ?? [])
    }

    private var storeSize: MetricFamily {
        family(
            "variometer_store_bytes", "Size of the store's files.", .gauge,
            [
                ([("file", "main")], Double(storeBytes.main)),
                ([("file", "log")], Double(storeBytes.log)),
            ])
    }

    private var degraded: MetricFamily {
        family(
            "variometer_store_degraded", "1: the store cannot be written to.", .gauge,
            [([], state.outage == nil ? 0 : 1)])
    }

    private var failures: MetricFamily {
        family(
            "variometer_store_failures_total", "Writes to the store that failed, by kind.",
            .counter, state.storeFailures.map { ([("code", $0)], Double($1)) })
    }

    private var waiting: MetricFamily {
        family(
            "variometer_store_waiting_results", "Results that wait for their commit.", .gauge,
            [([], Double(state.waitingResults))])
    }

    private var exported: MetricFamily {
        family(
            "variometer_export_rows_total", "Observations that were exported.", .counter,
            [([], Double(state.exportedRows))])
    }

    private var build: MetricFamily {
        family(
            "variometer_build_info", "The version that runs.", .gauge,
            [([("version", productVersion)], 1)])
    }

    private func histogram(
        _ name: String, _ help: String, _ series: [(labels: [(String, String)], QuantileSketch)]
    ) -> MetricFamily {
        let samples = series.sorted { text($0.labels) < text($1.labels) }.flatMap {
            labels, sketch in
            MetricFamily.histogramSamples(
                labels: labels,
                buckets: Self.bounds.map { ($0, sketch.count(atMost: $0 * 1e6)) },
                sumSeconds: Double(sketch.sum) / 1e6, count: sketch.count)
        }
        return MetricFamily(name: name, help: help, type: .histogram, samples: samples)
    }
}

extension Exposition {
    /// Splits against their allocations, and open findings.
    static func splitFamilies(_ rows: [SplitRow], findings: [Finding]) -> [MetricFamily] {
        func series(_ value: (Arm) -> Double?) -> [([(String, String)], Double)] {
            rows.flatMap { row in
                row.arms.compactMap { arm in
                    value(arm).map {
                        (
                            [
                                ("target", row.target), ("plan", row.plan),
                                ("experience", row.experience), ("audience", row.audience ?? ""),
                                ("variation", arm.variation),
                            ], $0
                        )
                    }
                }
            }
        }
        return [
            family(
                "variometer_split_ratio", "Share of cohort subjects since the epoch.", .gauge,
                series(\.share)),
            family(
                "variometer_allocation_ratio", "Share that is meant.", .gauge, series(\.allocation)),
            family(
                "variometer_finding", "Open findings.", .gauge,
                findings.map { finding in
                    (
                        [
                            ("kind", finding.kind.rawValue),
                            ("severity", finding.severity.rawValue), ("target", finding.target),
                            ("plan", finding.plan), ("experience", finding.experience ?? ""),
                            ("audience", finding.audience ?? ""),
                        ], 1
                    )
                }),
        ]
    }
}

/// A family of plain samples, in the order of their labels.
private func family(
    _ name: String, _ help: String, _ type: MetricFamily.Kind,
    _ series: [(labels: [(String, String)], value: Double)]
) -> MetricFamily {
    MetricFamily(
        name: name, help: help, type: type,
        samples: series.sorted { text($0.labels) < text($1.labels) }.map {
            MetricFamily.Sample(labels: $0.labels, value: $0.value)
        })
}

private func text(_ labels: [(String, String)]) -> String {
    labels.map { "\($0)=\($1)" }.joined(separator: ",")
}
