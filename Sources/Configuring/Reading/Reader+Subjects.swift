import Model
import Planning

/// The subjects of a plan, with what its subject files hold.
struct ReadSubjects {
    var plan = SubjectPlan()
    var panelRecords: [SubjectRecord]?
    var cohortRecords: [SubjectRecord]?

    var pool: SubjectPool { SubjectPool(panel: panelRecords, cohort: cohortRecords) }
}

extension Reader {
    mutating func subjects(_ value: Value) -> ReadSubjects? {
        guard let source = members(of: value, SubjectsKey.self) else { return nil }
        var subjects = ReadSubjects()
        if let panel = source[.panel] { readPanel(panel, into: &subjects) }
        if let cohort = source[.cohort] {
            readCohort(cohort, besidePanel: source[.panel] != nil, into: &subjects)
        }
        if source[.panel] == nil && source[.cohort] == nil {
            fault(
                "has neither panel nor cohort", at: value,
                hint: "a panel measures stability, a cohort measures the split")
        }
        checkSeparation(subjects, at: value)
        return subjects
    }

    private mutating func readPanel(_ value: Value, into subjects: inout ReadSubjects) {
        guard let source = members(of: value, PanelKey.self) else { return }
        if let file = source[.file] {
            for key in [PanelKey.count, .prefix] { refuse(key, besideFileIn: source) }
            guard let (path, records) = subjectFile(file) else { return }
            subjects.plan.panel = .file(path: path)
            subjects.panelRecords = records
        } else {
            let hint = "how many users it has, for example 200; or a file"
            let count = required(.count, of: source, hint: hint).flatMap {
                integer($0, in: 1...1_000_000)
            }
            let prefix = source[.prefix].map { self.prefix($0) } ?? "panel-"
            if let count, let prefix {
                subjects.plan.panel = .generated(count: count, prefix: prefix)
            }
        }
    }

    private mutating func readCohort(
        _ value: Value, besidePanel: Bool, into subjects: inout ReadSubjects
    ) {
        guard let source = members(of: value, CohortKey.self) else { return }
        let share = cohortShare(of: source, besidePanel: besidePanel)
        let perDay = source[.perDay].flatMap { integer($0, in: 1...1_000_000_000) }
        var origin: SubjectPlan.Cohort.Source?
        if let file = source[.file] {
            refuse(.prefix, besideFileIn: source)
            if let (path, records) = subjectFile(file) {
                origin = .file(path: path)
                subjects.cohortRecords = records
            }
        } else {
            let prefix = source[.prefix].map { self.prefix($0) } ?? "cohort-"
            origin = prefix.map { .generated(prefix: $0) }
        }
        if let share, let origin {
            subjects.plan.cohort = .init(share: share, source: origin, perDay: perDay)
        }
    }

    /// Without a panel every subject is of the cohort, whatever its share.
    private mutating func cohortShare(
        of source: Members<CohortKey>, besidePanel: Bool
    ) -> Double? {
        guard let value = source[.share] else {
            if !besidePanel { return 1 }
            fault("share is missing", at: source.owner, hint: "for example 0.5")
            return nil
        }
        // Between 0.99 and 1 the cohort would outgrow every budget.
        return parsed(value, as: "a share", hint: "above 0 and up to 0.99, or 1") { text in
            decimalNumber(text).flatMap { $0 > 0 && $0 <= 0.99 || $0 == 1 ? $0 : nil }
        }
    }

    private mutating func prefix(_ value: Value) -> String? {
        parsed(value, as: "a prefix of user ids", hint: "at most 64 of a–z, A–Z, 0–9, - _ . : @") {
            text in
            let isPrefix =
                text.utf8.count <= 64
                && text.unicodeScalars.allSatisfy {
                    $0.isASCII
                        && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                            || "-_.:@".unicodeScalars.contains($0))
                }
            return isPrefix ? text : nil
        }
    }

    private mutating func refuse<Key>(_ key: Key, besideFileIn source: Members<Key>) {
        guard let value = source[key] else { return }
        fault("stands beside file", at: value, hint: "generated users or a file, not both")
    }

    private mutating func subjectFile(_ value: Value) -> (path: String, records: [SubjectRecord])? {
        guard let file = text(of: value) else { return nil }
        let path = resolved(file.text)
        switch contents(ofFile: path, limit: subjectFileByteLimit) {
        case .failure(let problem):
            fault("\(quoted(file.written)) \(problem.message)", at: value, hint: problem.hint)
            return nil
        case .success(let bytes):
            let (records, found) = Configuring.subjects(in: bytes, file: path)
            for fault in found { faults.add(fault) }
            return found.isEmpty ? (path, records) : nil
        }
    }

    /// A cohort is a fresh sample only if no panel user is in it.
    private mutating func checkSeparation(_ subjects: ReadSubjects, at value: Value) {
        if case .generated(_, let panel)? = subjects.plan.panel,
            case .generated(let cohort)? = subjects.plan.cohort?.source, panel == cohort
        {
            fault("panel and cohort have the same prefix", at: value)
        }
        guard let panel = subjects.panelRecords, let cohort = subjects.cohortRecords else { return }
        let common = Set(panel.map(\.customerID)).intersection(cohort.map(\.customerID)).count
        if common > 0 {
            fault(
                "\(common) of the cohort file's users are in the panel file too", at: value,
                hint: "a cohort is a fresh sample: its users are asked once")
        }
    }
}
