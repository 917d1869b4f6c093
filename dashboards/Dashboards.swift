// Dashboards: the door of the folder `dashboards`. In: nothing. Out: the page's files, compiled
// in, so that the executable is complete in itself.

package enum Dashboards {
    /// The style sheet of the daemon's page.
    package static let pageCSS = String(decoding: PackageResources.page_css, as: UTF8.self)
}
