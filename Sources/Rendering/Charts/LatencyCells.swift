import Model

extension LatencyHeat {
    private static let shades = 9

    /// In the fullest cell.
    var most: Int { columns.flatMap(\.counts.values).max() ?? 1 }

    /// The cells of the heat map: one element a shade, and neighbours in time that are alike are one
    /// box.
    func draw(_ svg: inout SVG, _ panel: Panel) {
        var boxes: [Int: [Box]] = [:]
        for bucket in Set(columns.flatMap(\.counts.keys)).sorted() {
            let top = panel.y(bounds[bucket + 1])
            let height = panel.y(bounds[bucket]) - top
            for run in runs(of: bucket) {
                let (start, end) = (panel.x(run.span.since), panel.x(run.span.until))
                boxes[run.shade, default: []].append(
                    Box(x: start, y: top, width: end - start, height: height))
            }
        }
        for (shade, boxes) in boxes.sorted(by: { $0.key < $1.key }) {
            svg.boxes(boxes, "heat h\(shade)")
        }
    }

    /// Stretches of time in which a bucket has one shade, those without answers left out.
    private func runs(of bucket: Int) -> [(shade: Int, span: Span)] {
        let most = Double(self.most)
        var runs: [(shade: Int, span: Span)] = []
        for column in columns {
            guard let count = column.counts[bucket] else { continue }
            let root = (Double(count) / most).squareRoot()
            let shade = Int((root * Double(Self.shades)).rounded(.up))
            if let last = runs.last, last.shade == shade, last.span.until == column.span.since {
                runs[runs.count - 1].span.until = column.span.until
            } else {
                runs.append((shade, column.span))
            }
        }
        return runs
    }
}
