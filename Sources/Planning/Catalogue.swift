package import Model

/// Devices and places by name: what a configuration may name without saying what is sent.
///
/// Overridden, or added to, in the configuration: `device: [{ kiosk: "UA string" }]`,
/// `geo: [{ office: 203.0.113.7 }]`.
package enum Catalogue {
    package static func device(named name: String) -> Device? {
        devices.first { $0.name == name }
    }

    package static func geo(named name: String) -> Geo? {
        geos.first { $0.name == name }
    }

    /// User agents as current releases of their makers send them.
    package static let devices: [Device] = [
        device("iphone", apple("iPhone; CPU iPhone OS 18_6 like Mac OS X", "18.6 Mobile/15E148")),
        device(
            "iphone-old", apple("iPhone; CPU iPhone OS 15_8 like Mac OS X", "15.6 Mobile/15E148")),
        device("iphone-chrome", iPhoneChrome),
        device("android-phone", chrome("Linux; Android 10; K", suffix: " Mobile")),
        device("android-samsung", samsung),
        device("android-firefox", firefox("Android 15; Mobile; rv:143.0", engine: "143.0")),
        device("ipad", apple("iPad; CPU OS 18_6 like Mac OS X", "18.6 Mobile/15E148")),
        device("android-tablet", chrome("Linux; Android 14; SM-X710")),
        device("desktop-chrome", chrome("Windows NT 10.0; Win64; x64")),
        device("desktop-edge", chrome("Windows NT 10.0; Win64; x64") + " Edg/140.0.0.0"),
        device(
            "desktop-firefox", firefox("Windows NT 10.0; Win64; x64; rv:143.0", engine: "20100101")),
        device("desktop-safari", apple("Macintosh; Intel Mac OS X 10_15_7", "18.6")),
        device("desktop-mac-chrome", chrome("Macintosh; Intel Mac OS X 10_15_7")),
        device("desktop-linux", chrome("X11; Linux x86_64")),
        device("bot", googlebot),
    ]

    private static func device(_ name: String, _ userAgent: String) -> Device {
        Device(name: name, userAgent: userAgent)
    }

    private static func chrome(_ system: String, suffix: String = "") -> String {
        "Mozilla/5.0 (\(system)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0\(suffix)"
            + " Safari/537.36"
    }

    private static func firefox(_ system: String, engine: String) -> String {
        "Mozilla/5.0 (\(system)) Gecko/\(engine) Firefox/143.0"
    }

    private static func apple(_ system: String, _ version: String) -> String {
        let engine = system.hasPrefix("Macintosh") ? "605.1.15" : "604.1"
        return "Mozilla/5.0 (\(system)) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            + " Version/\(version) Safari/\(engine)"
    }

    private static let iPhoneChrome =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
        + " (KHTML, like Gecko) CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1"

    private static let samsung =
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
        + " SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"

    private static let googlebot =
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36"
        + " (KHTML, like Gecko) Chrome/140.0.7339.80 Mobile Safari/537.36"
        + " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
}
