/// What the charts of a report draw and its rows do not hold. No part of the report's JSON: each
/// number in a chart that somebody may want is in a row, or in the table beside the chart.
package struct ReportCharts: Hashable, Sendable {
    package var splits: [SplitHistory]
    package var latencies: [LatencyHeat]
    package var ramps: [RampHistory]

    package init(
        splits: [SplitHistory] = [], latencies: [LatencyHeat] = [], ramps: [RampHistory] = []
    ) {
        self.splits = splits
        self.latencies = latencies
        self.ramps = ramps
    }
}

extension ReportCharts {
    /// The history of a row's split; nil: there is none, or the row is of one segment.
    package func history(of row: SplitRow) -> SplitHistory? {
        guard row.segment == .everyone else { return nil }
        return splits.first {
            $0.target == row.target && $0.plan == row.plan && $0.experience == row.experience
                && $0.audience == row.audience && $0.ramp == row.ramp
        }
    }

    package func heat(target: String, plan: String) -> LatencyHeat? {
        latencies.first { $0.target == target && $0.plan == plan }
    }

    package func ramp(of row: RolloutRow) -> RampHistory? {
        ramps.first {
            $0.target == row.target && $0.plan == row.plan
                && $0.ramp.experience == row.experience && $0.ramp.audience == row.audience
        }
    }
}
