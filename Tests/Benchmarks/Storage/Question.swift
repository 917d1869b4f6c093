/// What reports are asked: the product from its rollups, the peers in SQL over all rows.
enum Question: String, CaseIterable {
    case split
    case splitOfOne = "split_of_one"
    case latency, distribution, summary, coverage

    /// Of `variometer report`.
    func arguments(experience: String) -> [String] {
        switch self {
        case .split: ["split"]
        case .splitOfOne: ["split", "--experience", experience]
        case .latency: ["latency", "--by", "geo"]
        case .distribution: ["distribution", "--by", "device"]
        case .summary: ["summary"]
        case .coverage: ["coverage"]
        }
    }

    /// The same as DuckDB is asked; nil: it is not.
    var duckSQL: String? {
        switch self {
        case .split: splitSQL
        case .latency: duckLatencySQL
        case .distribution: distributionSQL
        case .splitOfOne, .summary, .coverage: nil
        }
    }

    /// The same as SQLite is asked; nil: it is not.
    var sqliteSQL: String? { self == .latency ? sqliteLatencySQL : duckSQL }
}

private let observed = """
    (
        SELECT exchange_id, context_id, answer_id FROM result
        UNION ALL
        SELECT r.exchange_id, r.context_id, f.answer_id
        FROM further_observation AS f JOIN result AS r ON r.id = f.seq - f.place
    )
    """

private let splitSQL = """
    SELECT a.experience_id, a.audience_id, a.variation_id, count(*)
    FROM \(observed) AS o JOIN exchange AS e ON e.id = o.exchange_id
    JOIN text AS p ON p.id = e.population_id JOIN answer AS a ON a.id = o.answer_id
    WHERE p.value = 'cohort' GROUP BY 1, 2, 3
    """

private let distributionSQL = """
    SELECT c.device, a.experience_id, e.population_id, a.outcome_id, a.audience_id,
        a.variation_id, count(*)
    FROM \(observed) AS o JOIN exchange AS e ON e.id = o.exchange_id
    JOIN context AS c ON c.id = o.context_id JOIN answer AS a ON a.id = o.answer_id
    GROUP BY 1, 2, 3, 4, 5, 6
    """

private let latencies = """
    SELECT c.geo AS geo,
        r.request_us + coalesce(r.first_byte_us, 0) + coalesce(r.transfer_us, 0) AS latency_us
    FROM result AS r JOIN context AS c ON c.id = r.context_id
    JOIN exchange AS e ON e.id = r.exchange_id WHERE e.failure_id IS NULL
    """

private let duckLatencySQL = """
    SELECT geo, count(*), quantile_cont(latency_us, [0.5, 0.95, 0.99]) FROM (\(latencies))
    GROUP BY 1
    """

private let sqliteLatencySQL = """
    SELECT geo, count(*), max(latency_us) FILTER (WHERE place <= 0.5 * n),
        max(latency_us) FILTER (WHERE place <= 0.95 * n),
        max(latency_us) FILTER (WHERE place <= 0.99 * n)
    FROM (
        SELECT geo, latency_us, row_number() OVER (PARTITION BY geo ORDER BY latency_us) AS place,
            count(*) OVER (PARTITION BY geo) AS n
        FROM (\(latencies))
    ) GROUP BY 1
    """
