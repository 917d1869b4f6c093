// Dashboards: the door of the folder `dashboards`. In: nothing. Out: the page's files, compiled
// in, so that the executable is complete in itself.

package enum Dashboards {
    /// The style sheet of everything in HTML: the daemon serves it beside its page, and a report that
    /// is a file of its own has it inside.
    package static let pageCSS = [
        PackageResources.palette_css, PackageResources.page_css, PackageResources.charts_css,
    ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
}
