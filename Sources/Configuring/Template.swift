/// What `init` knows when it writes a configuration to start from.
package struct TemplateContent: Hashable, Sendable {
    package enum Endpoint: Hashable, Sendable {
        case dataCenter(String)
        case baseURL(String)
    }

    /// What a few first probes saw of one audience: a stub for its allocation.
    package struct Sighting: Hashable, Sendable {
        package struct Count: Hashable, Sendable {
            package var variation: String
            package var count: Int

            package init(variation: String, count: Int) {
                self.variation = variation
                self.count = count
            }
        }

        package var experience: String
        package var audience: String
        package var audienceName: String?
        /// In the order to be written.
        package var counts: [Count]

        package init(
            experience: String, audience: String, audienceName: String? = nil, counts: [Count]
        ) {
            self.experience = experience
            self.audience = audience
            self.audienceName = audienceName
            self.counts = counts
        }
    }

    package var endpoint: Endpoint
    /// Nil: it comes from `MOENGAGE_WORKSPACE_ID`.
    package var workspaceID: String?
    /// Nil: the key comes from `MOENGAGE_API_KEY`.
    package var keyFile: String?
    /// A CSV file of users for the panel; nil: they are generated.
    package var subjectsFile: String?
    /// Empty: all active ones.
    package var experiences: [String]
    package var sightings: [Sighting]

    package init(
        endpoint: Endpoint, workspaceID: String? = nil, keyFile: String? = nil,
        subjectsFile: String? = nil, experiences: [String] = [], sightings: [Sighting] = []
    ) {
        self.endpoint = endpoint
        self.workspaceID = workspaceID
        self.keyFile = keyFile
        self.subjectsFile = subjectsFile
        self.experiences = experiences
        self.sightings = sightings
    }
}

/// The text of a commented configuration to start from. It loads without a fault wherever its
/// files and variables are there.
package func template(for content: TemplateContent) -> String {
    """
    # Variometer. `variometer check --config THIS-FILE` tells what is wrong with it and what it
    # costs; `variometer probe` runs one round; `variometer run` is the daemon.

    store: variometer.db              # everything that was seen, one SQLite file
    listen: 127.0.0.1:9464            # page and metrics
    zone: UTC                         # for people; what is probed is UTC

    targets:
      production:
        api: moengage
    \(endpointLine(content.endpoint))
        workspace_id: \(content.workspaceID.map(yaml) ?? "${MOENGAGE_WORKSPACE_ID}")
    \(keyLine(content.keyFile))
        timeout: 5s
        budget: 300/min               # all plans together; the vendor's limit is 10000/min, shared
        # When the API's operator works on it: recorded, but no alert and no baseline.
        # maintenance: [{ days: [Saturday], from: "05:00", to: "06:00", zone: UTC }]

    plans:
      storefront:
        target: production
        experiences: \(experienceList(content.experiences))
        every: 1h                     # how often a round starts
        # active: { days: all, hours: 6..22, zone: UTC }   # when it probes; else always
        rate: 2/s
        subjects:
          # The panel is asked again each round: it shows what changed. The cohort is fresh each
          # round: it shows whether the split is right.
    \(panelLine(content.subjectsFile))
          cohort: { share: 0.5, prefix: cohort-, per_day: 2000 }
        matrix:
          day: now
          hour: [0, 6, 12, 18]        # UTC; or 18..22, all, now
          device: [iphone, android-phone, desktop-chrome]
          geo: [IN, US, DE]
    \(allocationStubs(content.sightings))
    exports:
      - ndjson: { directory: export, every: 1h }
    # How long rows are kept; an observation takes 25 to 50 bytes.
    # retention: { observations: 30d, answers: 7d, five_minute: 7d, hourly: 400d, daily: forever }

    """
}

private func endpointLine(_ endpoint: TemplateContent.Endpoint) -> String {
    switch endpoint {
    case .dataCenter(let center): "    data_center: " + yaml(center)
    case .baseURL(let url): "    base_url: " + yaml(url)
    }
}

private func keyLine(_ file: String?) -> String {
    guard let file else { return "    api_key: ${MOENGAGE_API_KEY}" }
    return "    api_key_file: " + yaml(file) + "   # readable by its owner alone"
}

private func panelLine(_ file: String?) -> String {
    guard let file else { return "      panel: { count: 200, prefix: panel- }" }
    return "      panel: { file: \(yaml(file)) }   # header: customer_id[,identifier…]"
}

private func experienceList(_ keys: [String]) -> String {
    keys.isEmpty
        ? "all              # the active ones; or a list of keys"
        : "[" + keys.map(yaml).joined(separator: ", ") + "]"
}

/// Comments with blanks to fill in: nobody but the user knows the split that is meant, and what
/// was seen is no plan.
private func allocationStubs(_ sightings: [TemplateContent.Sighting]) -> String {
    guard !sightings.isEmpty else {
        return """
                # The split that is meant, per audience, by id or by name; only then it is tested.
                # allocations:
                #   hero:
                #     "1A": { "1": 50, "2": 50 }
                # What every answer must be, and where:
                # expectations:
                #   - { experience: hero, variation: "2", payload: { Title: "Festive sale" } }

            """
    }
    var lines = ["# The split that is meant; only then it is tested.", "# allocations:"]
    for experience in Set(sightings.map(\.experience)).sorted() {
        lines.append("#   \(yaml(experience)):")
        for sighting in sightings where sighting.experience == experience {
            lines.append("#     # " + seen(sighting))
            let blanks = sighting.counts.map { "\(yaml($0.variation)): …" }
            let shares = blanks.joined(separator: ", ")
            lines.append("#     \(yaml(sighting.audience)): { \(shares) }")
        }
    }
    return lines.map { "    \($0)\n" }.joined()
}

/// `hero / 42D "High Intent Users": saw 1 ×48, 2 ×52; state the split:`
private func seen(_ sighting: TemplateContent.Sighting) -> String {
    let name = sighting.audienceName.map { " \"\($0)\"" } ?? ""
    let counts = sighting.counts.map { "\($0.variation) ×\($0.count)" }.joined(separator: ", ")
    return comment(
        "\(sighting.experience) / \(sighting.audience)\(name): saw \(counts); state the split:")
}

/// A text as a double-quoted YAML scalar that means itself, `${` included.
private func yaml(_ text: String) -> String {
    let escaped = text.replacing("${", with: "$${").unicodeScalars.map { scalar in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        default:
            scalar.properties.generalCategory == .control
                ? "\\U" + padded(String(scalar.value, radix: 16)) : String(scalar)
        }
    }
    return "\"" + escaped.joined() + "\""
}

private func padded(_ hexadecimal: String) -> String {
    String(repeating: "0", count: 8 - hexadecimal.count) + hexadecimal
}

/// A text within a comment: on one line.
private func comment(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
        switch $0.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
    return String(String.UnicodeScalarView(kept))
}
