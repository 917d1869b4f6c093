package import Model

extension Catalogue {
    /// Places by ISO 3166-1 alpha-2 code, one real address each.
    ///
    /// Source: the public delegation files of the regional registries (AFRINIC, APNIC, ARIN,
    /// LACNIC, RIPE NCC: `delegated-<registry>-extended-latest`). Each address lies in a block that
    /// its registry lists under that country, held there for years by a national carrier, a
    /// university or a broadcaster. What a geo database makes of it is the target's business: if
    /// it disagrees, state an address of your own in the configuration, `geo: [{ IN: … }]`.
    package static let geos: [Geo] = [
        Geo(name: "AE", address: "213.42.20.20"),
        Geo(name: "AR", address: "200.45.191.35"),
        Geo(name: "AT", address: "195.3.96.67"),
        Geo(name: "AU", address: "139.130.4.5"),
        Geo(name: "BE", address: "195.238.2.21"),
        Geo(name: "BR", address: "200.147.67.142"),
        Geo(name: "CA", address: "142.103.1.1"),
        Geo(name: "CH", address: "195.186.1.111"),
        Geo(name: "CN", address: "202.96.128.86"),
        Geo(name: "CO", address: "200.21.200.2"),
        Geo(name: "DE", address: "134.130.4.1"),
        Geo(name: "DK", address: "193.162.153.164"),
        Geo(name: "EG", address: "163.121.128.134"),
        Geo(name: "ES", address: "80.58.61.250"),
        Geo(name: "FI", address: "193.210.18.18"),
        Geo(name: "FR", address: "193.51.208.13"),
        Geo(name: "GB", address: "212.58.244.20"),
        Geo(name: "ID", address: "202.134.0.155"),
        Geo(name: "IE", address: "159.134.237.6"),
        Geo(name: "IL", address: "192.115.106.35"),
        Geo(name: "IN", address: "103.21.58.1"),
        Geo(name: "IT", address: "151.99.125.1"),
        Geo(name: "JP", address: "133.11.0.1"),
        Geo(name: "KE", address: "197.136.0.10"),
        Geo(name: "KR", address: "168.126.63.1"),
        Geo(name: "MX", address: "200.33.146.217"),
        Geo(name: "MY", address: "202.188.0.133"),
        Geo(name: "NG", address: "197.210.0.10"),
        Geo(name: "NL", address: "145.100.100.1"),
        Geo(name: "NO", address: "193.213.112.4"),
        Geo(name: "NZ", address: "202.27.158.40"),
        Geo(name: "PH", address: "203.177.0.10"),
        Geo(name: "PL", address: "194.204.152.34"),
        Geo(name: "PT", address: "194.65.3.20"),
        Geo(name: "SA", address: "212.26.18.1"),
        Geo(name: "SE", address: "130.237.28.40"),
        Geo(name: "SG", address: "137.132.1.1"),
        Geo(name: "TH", address: "203.113.5.130"),
        Geo(name: "TR", address: "195.175.39.39"),
        Geo(name: "UA", address: "195.5.61.68"),
        Geo(name: "US", address: "128.30.2.36"),
        Geo(name: "VN", address: "203.162.4.191"),
        Geo(name: "ZA", address: "196.25.1.1"),
    ]
}
