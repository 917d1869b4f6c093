/// What the charts of a report draw and its rows do not hold. No part of the report's JSON: each
/// number in a chart that somebody may want is in a row, or in the table beside the chart.
package struct ReportCharts: Hashable, Sendable {
    package var splits: [SplitHistory]
    package var latencies: [LatencyHeat]
    /// The steps that are planned, by the name of the plan.
    package var ramps: [String: [Ramp]]

    package init(
        splits: [SplitHistory] = [], latencies: [LatencyHeat] = [], ramps: [String: [Ramp]] = [:]
    ) {
        self.splits = splits
        self.latencies = latencies
        self.ramps = ramps
    }
}

extension ReportCharts {
    /// The history that ends in a row; nil: there is none.
    package func history(of row: SplitRow) -> SplitHistory? {
        splits.first {
            $0.target == row.target && $0.plan == row.plan && $0.experience == row.experience
                && $0.audience == row.audience && $0.ramp == row.ramp && $0.since == row.since
        }
    }

    package func heat(target: String, plan: String) -> LatencyHeat? {
        latencies.first { $0.target == target && $0.plan == plan }
    }

    package func ramp(of row: RolloutRow) -> Ramp? {
        ramps[row.plan]?.first { $0.experience == row.experience && $0.audience == row.audience }
    }
}
