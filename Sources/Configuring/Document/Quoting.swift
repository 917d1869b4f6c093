/// A piece of the file as a fault quotes it: in quotes, cut to a readable length, with everything
/// that a terminal would obey or hide made visible.
func quoted(_ written: String) -> String {
    let limit = 60
    let visible = written.unicodeScalars.prefix(limit).map { scalar in
        isVisible(scalar) ? String(scalar) : "\\u{" + String(scalar.value, radix: 16) + "}"
    }.joined()
    return "'" + visible + (written.unicodeScalars.count > limit ? "…'" : "'")
}

/// False for control and format characters and for line breaks.
private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
        .surrogate:
        false
    default: true
    }
}

/// A path with one more step: names that hold more than word characters are quoted.
func path(_ parent: String, _ name: String) -> String {
    let isWord = name.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || "-_$".unicodeScalars.contains(scalar)
    }
    let step = isWord && !name.isEmpty ? name : quoted(name)
    return parent.isEmpty ? step : parent + "." + step
}
