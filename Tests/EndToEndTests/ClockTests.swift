import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("A clock that is set while the daemon runs")
struct ClockTests {
    /// Twenty probes at forty a second, a round every two seconds.
    private static let plan = """
        every: 2s
        rate: 40/s
        subjects: { panel: { count: 20 } }
        matrix: { attributes: { a: [\((0..<20).map { "v\($0)" }.joined(separator: ", "))] } }
        """

    @Test("makes neither a burst nor a stall, whichever way it goes")
    func steps() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        try scene.folder.write(
            Scene.configuration(port: scene.port, plan: Self.plan)
                .replacing("continuous: true\n", with: "\n"), to: "v.yaml")
        let clock = try SetClock(in: scene.folder)
        let running = try Product.start(
            ["run", "--config", "v.yaml"], in: scene.folder,
            environment: scene.environment.merging(clock.environment) { $1 })
        // Where a round waits for the clock to catch up, the test fails instead of waiting too.
        running.end(after: 120)
        var round = 1
        for hours in [-2, 0, 24, 22, 0] {
            guard running.roundEnds(round) else {
                let ending = try running.ending()
                Issue.record("before the clock goes to \(hours) h: \(ending)")
                return
            }
            try clock.set(hours: hours)
            // One may have begun already; the second began after the step.
            round += 2
        }
        #expect(running.roundEnds(round))
        running.signal(SIGTERM)
        let ending = try running.ending()
        #expect(ending.status == 0, "\(ending.error)")
        let lines = try scene.lines()
        let rounds = lines.map(\.round)
        #expect(rounds == rounds.sorted(), "the store's order is that of the rounds")
        // Twenty probes for three experiences.
        #expect(Set(counted(rounds).values) == [60])
        let seconds = try scene.journal().map { $0.at.prefix(19) }
        #expect((counted(seconds).values.max() ?? 0) <= 60, "\(counted(seconds))")
    }
}

extension Running {
    /// Waits for the end of a round; false: the process ended.
    fileprivate func roundEnds(_ number: Int) -> Bool {
        errorLine { $0.contains("round ended") && $0.contains("\"round\":\"\(number)\"") } != nil
    }
}

/// A wall clock that is set while a process runs. Only what `settimeofday` would move is moved: time
/// that passes, and timers, stay as they are.
struct SetClock {
    private let folder: TemporaryFolder

    private static let source = """
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long offset(void) {
            char text[32] = {0};
            int file = open(getenv("CLOCK_OFFSET_FILE"), O_RDONLY | O_CLOEXEC);
            if (file < 0) return 0;
            long count = read(file, text, sizeof text - 1);
            close(file);
            return count > 0 ? atol(text) : 0;
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            int status = syscall(SYS_clock_gettime, clock, now);
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += offset();
            return status;
        }

        int gettimeofday(struct timeval *now, void *zone) {
            struct timespec exact;
            int status = clock_gettime(CLOCK_REALTIME, &exact);
            now->tv_sec = exact.tv_sec;
            now->tv_usec = exact.tv_nsec / 1000;
            return status;
        }

        time_t time(time_t *result) {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            if (result) *result = exact.tv_sec;
            return exact.tv_sec;
        }
        """

    init(in folder: TemporaryFolder) throws {
        self.folder = folder
        try folder.write(Self.source, to: "clock.c")
        _ = try tool(
            "/usr/bin/env",
            ["clang", "-shared", "-fPIC", "-O1", "-w", "clock.c", "-o", folder.path("clock.so")],
            in: folder)
        try set(hours: 0)
    }

    /// What a process is started with whose clock this is.
    var environment: [String: String] {
        ["LD_PRELOAD": folder.path("clock.so"), "CLOCK_OFFSET_FILE": folder.path("offset")]
    }

    func set(hours: Int) throws { try folder.write("\(hours * 3_600)\n", to: "offset") }
}
