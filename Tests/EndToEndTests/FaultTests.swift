import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("A store that fails")
struct FaultTests {
    private static let plan = smallMatrix.replacing("2000/s", with: "100/s")

    @Test(
        "costs no acknowledged result, and is written to again by itself",
        arguments: [
            "fdatasync:error=EIO:when=24..26", "pwrite64:error=ENOSPC:when=500..502",
            "pwrite64:error=EIO:when=500..503",
        ])
    func failingCalls(injection: String) throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        try scene.useFolder()
        let probe = try scene.start(
            ["probe", "--config", "v.yaml", "--acknowledge"], failing: injection)
        probe.end(after: 120)
        let ending = try probe.ending()
        #expect(ending.status == 0, "\(ending.error)")
        #expect(ending.error.contains("cannot be written to"), "\(ending.error)")
        #expect(ending.error.contains("can be written to again"))
        try scene.holdsAll(acknowledgedIn: ending, probes: 240)
    }

    @Test("has every result on the disk before it is acknowledged")
    func order() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        try scene.useFolder()
        let probe = try Product.start(
            [
                "-f", "-qq", "-o", "trace", "-e", "trace=pwrite64,fdatasync,write",
                Product.url.path, "probe", "--config", "v.yaml", "--acknowledge", "--max-probes",
                "60",
            ], in: scene.folder, environment: scene.environment,
            executable: URL(filePath: "/usr/bin/strace"))
        probe.end(after: 120)
        #expect(try probe.ending().status == 0)
        let trace = try String(contentsOfFile: scene.folder.path("trace"), encoding: .utf8)
        var isOnDisk = false
        var acknowledgements = 0
        for line in trace.split(separator: "\n") {
            if line.contains("pwrite64(") { isOnDisk = false }
            if line.contains("fdatasync(") { isOnDisk = true }
            guard line.contains("write(1, \"ACK ") else { continue }
            #expect(isOnDisk, "\(line)")
            acknowledgements += 1
        }
        #expect(acknowledgements > 5)
    }

    @Test("is not ready on a full disk, and ready again when there is room")
    func fullDisk() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        try scene.useFolder()
        let disk = try SmallDisk(at: "data", in: scene.folder, megabytes: 24)
        let daemon = try Daemon(in: scene)
        daemon.running.end(after: 240)
        #expect(daemon.log("round ended", "\"round\":\"1\"") != nil)
        #expect(try daemon.ready(is: 200) != nil)
        try disk.fill()
        let reply = try #require(try daemon.ready(is: 503))
        #expect(reply.body.contains("store: cannot record"), "\(reply.body)")
        #expect(reply.body.contains("(full)"), "\(reply.body)")
        let metrics = try daemon.ask("/metrics").body
        #expect(metrics.contains("variometer_store_degraded 1"))
        #expect(metrics.contains(#"variometer_store_failures_total{code="full"}"#))
        #expect(try daemon.ask("/").body.contains("the store cannot be written to"))
        try disk.free()
        #expect(try daemon.ready(is: 200) != nil)
        #expect(daemon.log("can be written to again") != nil)
        #expect(try daemon.ask("/metrics").body.contains("variometer_store_degraded 0"))
        let ending = try daemon.stop()
        #expect(ending.status == 0, "\(ending.error)")
        // A line at each transition, whatever was tried in between.
        #expect(ending.error.components(separatedBy: "cannot be written to").count == 2)
        try scene.isSound()
        let report = try scene.run(["report", "--store", "data/v.db", "--format", "json"])
        #expect(report.output.contains("prober/sim/shop/outage"))
    }

    @Test("grows no longer where a file may not, and goes on when it may")
    func limitedFile() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        try scene.useFolder()
        let running = try Product.start(
            ["--fsize=1200000:unlimited", Product.url.path, "run", "--config", "v.yaml"],
            in: scene.folder, environment: scene.environment,
            executable: URL(filePath: "/usr/bin/prlimit"))
        running.end(after: 240)
        let daemon = try Daemon(running, in: scene)
        let reply = try #require(try daemon.ready(is: 503))
        #expect(reply.body.contains("store: "), "\(reply.body)")
        _ = try tool(
            "/usr/bin/prlimit", ["--pid", "\(running.id)", "--fsize=unlimited:unlimited"],
            in: scene.folder)
        #expect(try daemon.ready(is: 200) != nil)
        #expect(daemon.log("can be written to again") != nil)
        #expect(try daemon.stop().status == 0)
        try scene.isSound()
    }

    @Test("is waited for while its folder is away, and begun anew where it was deleted")
    func moved() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        try scene.useFolder()
        let daemon = try Daemon(in: scene)
        daemon.running.end(after: 240)
        #expect(daemon.log("round ended", "\"round\":\"1\"") != nil)
        let files = FileManager.default
        try files.moveItem(atPath: scene.folder.path("data"), toPath: scene.folder.path("away"))
        let reply = try #require(try daemon.ready(is: 503))
        #expect(reply.body.contains("moved or deleted"), "\(reply.body)")
        try files.moveItem(atPath: scene.folder.path("away"), toPath: scene.folder.path("data"))
        #expect(try daemon.ready(is: 200) != nil)
        try scene.isSound()
        for name in ["v.db", "v.db-wal", "v.db-shm"] {
            try files.removeItem(atPath: scene.folder.path("data/" + name))
        }
        #expect(daemon.log("the store was opened anew") != nil)
        #expect(daemon.log("round ended", "\"round\":\"3\"") != nil)
        let ending = try daemon.stop()
        #expect(ending.status == 0, "\(ending.error)")
        try scene.isSound()
        let store = try Store(reading: scene.folder.path("data/v.db"))
        #expect(try store.seed() == 11 && store.configurations().count == 1)
    }

    @Test("goes on where there are no more descriptors, and so does what probes")
    func descriptors() throws {
        let scene = try Scene(
            world: exampleWorld("storefront"), plan: Self.plan + "\nconnections: new_connection")
        try scene.useFolder()
        let daemon = try Daemon(in: scene)
        daemon.running.end(after: 240)
        #expect(daemon.log("round ended", "\"round\":\"1\"") != nil)
        func limit(_ descriptors: Int) throws {
            _ = try tool(
                "/usr/bin/prlimit",
                ["--pid", "\(daemon.running.id)", "--nofile=\(descriptors):"],
                in: scene.folder)
        }
        try limit(8)
        #expect(daemon.log("the target is not probed for now") != nil)
        try limit(1_024)
        #expect(daemon.log("the target is probed again") != nil)
        #expect(try daemon.ready(is: 200) != nil)
        let ending = try daemon.stop()
        #expect(ending.status == 0, "\(ending.error)")
        try scene.isSound()
    }

    @Test("that another one holds is waited for")
    func busy() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        try scene.useFolder()
        let daemon = try Daemon(in: scene)
        daemon.running.end(after: 240)
        #expect(daemon.log("round ended", "\"round\":\"1\"") != nil)
        let holder = try Product.start(
            [
                "-c",
                """
                import signal, sqlite3
                db = sqlite3.connect('data/v.db', isolation_level=None, timeout=60)
                db.execute('begin immediate')
                print('held', flush=True)
                signal.pause()
                """,
            ], in: scene.folder, executable: URL(filePath: "/usr/bin/python3"))
        #expect(holder.line { $0 == "held" } != nil)
        let reply = try #require(try daemon.ready(is: 503))
        #expect(reply.body.contains("(busy)"), "\(reply.body)")
        holder.signal(SIGKILL)
        #expect(try daemon.ready(is: 200) != nil)
        #expect(try daemon.stop().status == 0)
        try scene.isSound()
    }
}

extension Scene {
    /// Nothing that was acknowledged is missing, and nothing stands twice.
    fileprivate func holdsAll(acknowledgedIn ending: Product.Ending, probes: Int) throws {
        let acknowledged = ending.output.split(separator: "\n").filter { $0.hasPrefix("ACK ") }
            .map { String($0.dropFirst(4)) }
        try isSound()
        let lines = try Store(reading: folder.path("data/v.db")).observationLines(
            after: 0, since: nil, until: nil, limit: .max)
        #expect(Set(acknowledged) == Set(lines.map(\.id)))
        #expect(Set(lines.map(\.index)).count == probes)
    }

    fileprivate func isSound() throws {
        let check = try run(["store", "check", "--store", "data/v.db"])
        #expect(check.status == 0, "\(check.output)\(check.error)")
    }
}
