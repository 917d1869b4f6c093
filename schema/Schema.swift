// Schema: the door of the folder `schema`. In: nothing. Out: the migrations of the store, compiled
// in. `schema.sql` is their golden dump, to be read first; the JSON Schemas beside it describe
// what others read: configuration, observation lines, reports, worlds.

/// One numbered step of the store's history. Never edited once released.
package struct MigrationScript: Sendable {
    /// `v1_initial`.
    package let name: String
    package let sql: String
}

package enum Schema {
    /// In the order in which they are applied.
    package static let migrations: [MigrationScript] = [
        MigrationScript(
            name: "v1_initial",
            sql: String(decoding: PackageResources.v1_initial_sql, as: UTF8.self)),
        MigrationScript(
            name: "v2_conditions",
            sql: String(decoding: PackageResources.v2_conditions_sql, as: UTF8.self)),
        MigrationScript(
            name: "v3_lean",
            sql: String(decoding: PackageResources.v3_lean_sql, as: UTF8.self)),
        MigrationScript(
            name: "v4_lasting",
            sql: String(decoding: PackageResources.v4_lasting_sql, as: UTF8.self)),
        MigrationScript(
            name: "v5_believed",
            sql: String(decoding: PackageResources.v5_believed_sql, as: UTF8.self)),
        MigrationScript(
            name: "v6_expected",
            sql: String(decoding: PackageResources.v6_expected_sql, as: UTF8.self)),
    ]
}
