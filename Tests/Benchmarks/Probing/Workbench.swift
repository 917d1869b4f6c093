import Foundation
import Synchronization

/// A folder for one run, the programs started in it, and where the product lies.
final class Workbench: Sendable {
    let folder: URL
    let children: Children
    let product: URL
    private let isOpen = Mutex(true)

    /// The product is looked for beside this program, where the build puts both.
    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "variometer-benchmark-" + UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        children = Children(folder: folder)
        product = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "variometer")
        guard FileManager.default.isExecutableFile(atPath: product.path) else {
            close()
            throw BenchmarkError(
                program: product.path, operation: "is not built: run scripts/benchmark")
        }
    }

    /// Ends what still runs and removes the folder. A signal and the end of the run may both ask
    /// for it: the second waits until the first is done.
    func close() {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            children.endAll()
            try? FileManager.default.removeItem(at: folder)
            isOpen = false
        }
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> URL {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file
    }
}

/// What every contestant sends and is answered, so that all of them move the same bytes.
enum Exchange {
    static let path = "/v1/experiences/fetch"

    /// A fetch as the product sends it.
    static let request = """
        {"identifiers":{"customer_id":"panel-0362"},"experience_key":["hero"],\
        "DAY_OF_THE_WEEK":"Thursday","TIME_OF_THE_DAY":"09","USER_IP_ADDRESS":"133.11.0.1",\
        "USER_AGENT":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) \
        AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"}
        """

    static let headers = [
        "Authorization": "Basic V1MxOnNlY3JldA==", "MOE-APPKEY": "WS1",
        "Content-Type": "application/json",
    ]

    /// One experience, served.
    static let answer = """
        {"experiences":{"hero":{"payload":{\
        "Title":{"value":"Festive sale: up to 40 % off this week only","data_type":"string"},\
        "Image":{"value":"https://cdn.example.com/banner/festive.png","data_type":"string"},\
        "Link":{"value":"https://shop.example.com/festive-sale","data_type":"string"},\
        "Priority":{"value":3,"data_type":"number"}},"experience_context":{\
        "cid":"65eae5738ea5032b0ef60138_F_T_WP_AB_2_P_0_AU_42D","experience":"Homepage Banner",\
        "moe_locale_id":"0","moe_variation_id":"2","audience_name":"High Intent Users",\
        "audience_id":"42D","type":"Web Personalization","experience_type":\
        "API based Experience"}}}}
        """
}
