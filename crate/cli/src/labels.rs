//! Files of labels beside a scan.

use std::path::Path;

use hounsfield::{
    Grid, Note, Progress,
    facts::Placement,
    labels::{About, Labels, split},
    progress::Part,
};

use hounsfield_formats::nrrd::label_names;

use crate::{args, failure::Failure, scan, source};

pub(crate) use hounsfield::labels::Label as Found;

/// Every label of a file, on the grid `target`. A file that cannot be taken so is named in the
/// failure.
pub(crate) fn read(
    path: &Path,
    target: &Grid,
    progress: &mut dyn Progress,
) -> Result<Labels, Failure> {
    read_named(path, target, progress).map(|(labels, _)| labels)
}

/// As [`read`], with the names that the file itself has for labels.
pub(crate) fn read_named(
    path: &Path,
    target: &Grid,
    progress: &mut dyn Progress,
) -> Result<(Labels, Vec<(i32, String)>), Failure> {
    let found = scan::find(&args::Open::labels(path), &mut Part::new(progress, 0.0, 0.2))?;
    let opened = scan::open(&found, &mut Part::new(progress, 0.2, 1.0))?;
    let about = About {
        placed: opened.info.facts.placement == Placement::Stated,
        turn_over: false,
        coding: found.plan.labels.unwrap_or_default(),
    };
    let mut labels = split(&opened.volume, target, &about)
        .map_err(|error| Failure::Nothing { file: path.to_owned(), sentence: error.to_string() })?;
    if !about.placed {
        labels.notes.push(Note::new(
            "placed_by_size",
            format!(
                "{} does not say where it lies: it is placed by its size only, so check top and bottom, left and right.",
                source::label(path)
            ),
        ));
    }
    let names = label_names(&found.files, &found.plan)
        .map_err(|error| Failure::Nothing { file: path.to_owned(), sentence: error.to_string() })?;
    Ok((labels, names))
}

/// The name of a label: its file's, without what the format adds, and its number where there are
/// several.
pub(crate) fn name(path: &Path, label: i32, alone: bool) -> String {
    let stem = stem(path);
    if alone { stem } else { format!("{stem} {label}") }
}

/// The file's name without what its format adds.
pub(crate) fn stem(path: &Path) -> String {
    let name = source::label(path);
    let bare = name.strip_suffix(".gz").unwrap_or(&name);
    let bare = bare.rsplit_once('.').map_or(bare, |(stem, _)| stem);
    bare.strip_suffix(".seg").unwrap_or(bare).to_owned()
}
