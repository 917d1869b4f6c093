/// One member of an answer and what it was taken for, for a person who looks at one.
package struct FieldReading: Hashable, Sendable {
    /// `experiences.hero.experience_context.moe_variation_id`
    package let path: String
    /// As it came; nil: it did not.
    package let value: String?
    /// The observation's field: `variation`.
    package let field: String

    package init(path: String, value: String?, field: String) {
        self.path = path
        self.value = value
        self.field = field
    }
}
