//! The crate's front page names only tests that there are.

use std::path::Path;

const TABLE: &str = include_str!("../../src/rfcs.md");

#[test]
fn each_row_of_the_table_is_shown_by_files_of_this_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let rows: Vec<&str> = TABLE.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 20);
    for row in rows {
        let shown_by = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for file in shown_by.split(", ").map(|file| file.trim_matches('`')) {
            assert!(folder.join(file).with_extension("rs").is_file(), "{file} in {row}");
        }
    }
}
