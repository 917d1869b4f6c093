// Export: observations become gzip NDJSON files that anybody can read, each sealed for ever.
//
// In: observations after a cursor, a folder. Out: files with a manifest, and what was sealed; the
// caller commits the cursor. A file's bytes never change once it has its name. Must not know:
// the store's SQL, what the numbers mean.
