//! `tests/hostile/OUTCOMES.md`: sections between marks, each rewritten or compared by itself.

use std::{fs, path::PathBuf};

/// Compares a section with the one that is kept, or keeps it when asked to.
pub(crate) fn keep(section: &str, found: &str) {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile/OUTCOMES.md"));
    let text = fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {section} -->\n"), format!("<!-- end of {section} -->\n"));
    let (before, rest) = text.split_once(&start).unwrap();
    let (kept, after) = rest.split_once(&end).unwrap();
    let found = format!("\n{}\n\n", found.trim());
    if kept == found {
        return;
    }
    if std::env::var_os("UPDATE_OUTCOMES").is_some() {
        fs::write(&path, format!("{before}{start}{found}{end}{after}")).unwrap();
        return;
    }
    let differing = found.lines().zip(kept.lines()).find(|(found, kept)| found != kept);
    panic!(
        "{} lines were expected, {} found; the first that differs:\n  {differing:?}\nUPDATE_OUTCOMES=1 rewrites the table if this is meant",
        kept.lines().count(),
        found.lines().count()
    );
}

/// One row. Equal outcomes of neighbours become one row.
pub(crate) fn rows(outcomes: &[(String, String)]) -> String {
    let mut text = String::from("| | outcome |\n|---|---|\n");
    let mut at = 0;
    while let Some((name, outcome)) = outcomes.get(at) {
        let same = outcomes[at..].iter().take_while(|(_, other)| other == outcome).count();
        let last = &outcomes[at + same - 1].0;
        let names = match same {
            1 => format!("`{name}`"),
            2 => format!("`{name}`, `{last}`"),
            n => format!("`{name}` … `{last}` ({n})"),
        };
        text.push_str(&format!("| {names} | {outcome} |\n"));
        at += same;
    }
    text
}
