//! `hounsfield measure`

use std::path::Path;

use hounsfield::{
    Grid, Mask, Note,
    check::{self, CheckItem},
    lungs::{AIRWAYS, LEFT, RIGHT},
    measure::{
        csv::{About, csv},
        lungs::{LungMeasures, LungRow, contrast_note, measure_lungs},
        table::{Named, Row, table},
    },
    progress::Part,
};
use serde::Serialize;

use crate::{args, failure::Failure, labels, output, progress::Bar, scan, source};

/// What `measure()` gives in the npm package, the lungs, and the CT check of the scan.
#[derive(Serialize)]
struct Measured {
    name: String,
    rows: Vec<Row>,
    lungs: Option<LungMeasures>,
    notes: Vec<Note>,
    check: Vec<CheckItem>,
}

/// A label of a file.
struct Label {
    name: String,
    mask: Mask,
    /// Which lung it is, or the airways, where lungs are measured.
    lung: Option<u8>,
}

pub(crate) fn run(what: &args::Measure, quiet: bool) -> Result<(), Failure> {
    let result = measure(what, &mut Bar::new(quiet))?;
    if what.json {
        output::print_json(&result)
    } else if what.csv {
        output::warn(&scan::fails(&result.check))?;
        let text = as_csv(&result);
        output::print(text.strip_suffix('\n').unwrap_or(&text))
    } else {
        output::print(&text(&result))
    }
}

fn measure(what: &args::Measure, bar: &mut Bar) -> Result<Measured, Failure> {
    let scan = scan::read(&what.open, &mut Part::new(bar, 0.0, 0.5))?;
    let volume = &scan.opened.volume;
    let mut notes = scan.opened.info.notes.clone();
    let found = read(what, volume.grid(), &mut notes, &mut Part::new(bar, 0.5, 0.8))?;
    let failed = |error| Failure::scan(&scan.found.name, error);
    let named: Vec<_> =
        found.iter().map(|label| Named { name: &label.name, mask: &label.mask }).collect();
    let rows = table(volume, &named, &mut Part::new(bar, 0.8, 0.9)).map_err(failed)?;
    let lungs = if what.lungs || what.left_lung.is_some() || what.right_lung.is_some() {
        let none = Mask::empty(volume.grid().size_voxel()).map_err(failed)?;
        let side = |side: u8| {
            let is_it = |label: &&Label| label.lung == Some(side);
            found.iter().find(is_it).map_or(&none, |label| &label.mask)
        };
        let (left, right) = (side(LEFT), side(RIGHT));
        let measuring = &mut Part::new(bar, 0.9, 1.0);
        let mut lungs = measure_lungs(volume, left, right, measuring).map_err(failed)?;
        lungs.notes.extend(contrast_note(&scan.check));
        Some(lungs)
    } else {
        None
    };
    Ok(Measured { name: source::label(&scan.found.name), rows, lungs, notes, check: scan.check })
}

/// The labels of all files, under the names that the person gave them, that the file has, or else
/// after their files.
fn read(
    what: &args::Measure,
    target: &Grid,
    notes: &mut Vec<Note>,
    bar: &mut Part<'_>,
) -> Result<Vec<Label>, Failure> {
    let lungs = [(LEFT, &what.left_lung), (RIGHT, &what.right_lung)];
    let lungs = lungs.iter().filter_map(|(side, path)| Some((Some(*side), path.as_ref()?)));
    let files: Vec<_> = what.masks.iter().map(|path| (None, path)).chain(lungs).collect();
    let mut labels = Vec::new();
    for (k, (side, path)) in files.iter().enumerate() {
        let [from, to] = [k, k + 1].map(|k| k as f64 / files.len() as f64);
        let (read, names) = labels::read_named(path, target, &mut Part::new(bar, from, to))?;
        notes.extend(read.notes);
        if read.found.is_empty() {
            let message = format!("{} holds no label: every voxel is 0.", source::label(path));
            notes.push(Note::new("no_labels", message));
        }
        match side {
            Some(side) => labels.push(one_lung(*side, read.found, path, target)?),
            None => labels.extend(named(what, path, k == 0, read.found, &names)),
        }
    }
    Ok(labels)
}

/// Everything in a file that holds one lung.
fn one_lung(
    side: u8,
    found: Vec<labels::Found>,
    path: &Path,
    target: &Grid,
) -> Result<Label, Failure> {
    let failed = |error| Failure::scan(path, error);
    let mut mask = Mask::empty(target.size_voxel()).map_err(failed)?;
    for label in found {
        mask.union_with(&label.mask).map_err(failed)?;
    }
    Ok(Label { name: lung_name(side).into(), mask, lung: Some(side) })
}

/// A file's labels; `names` is what it calls them itself.
fn named(
    what: &args::Measure,
    path: &Path,
    is_first: bool,
    found: Vec<labels::Found>,
    names: &[(i32, String)],
) -> Vec<Label> {
    let name_in = |names: &[(i32, String)], value: i32| {
        names.iter().find(|(label, _)| *label == value).map(|(_, name)| name.clone())
    };
    let alone = found.len() == 1;
    let called = |value: i32| {
        let own = || name_in(names, value).or_else(|| alone.then(|| labels::stem(path)));
        name_in(&what.labels, value).or_else(own)
    };
    let by_name = |value: i32| called(value).and_then(|name| side_of(&name));
    let are_named = found.iter().any(|found| by_name(found.label).is_some());
    let lung = |value: i32| {
        let by_number = || [LEFT, RIGHT, AIRWAYS].into_iter().find(|n| i32::from(*n) == value);
        let is_map = what.lungs && is_first;
        if are_named { by_name(value) } else { by_number() }.filter(|_| is_map)
    };
    let label = |labels::Found { label: value, mask, .. }| {
        let lung = lung(value);
        let name = name_in(&what.labels, value)
            .or_else(|| lung.map(|lung| lung_name(lung).into()))
            .or_else(|| name_in(names, value))
            .unwrap_or_else(|| labels::name(path, value, alone));
        Label { name, mask, lung }
    };
    found.into_iter().map(label).collect()
}

/// Which lung a name means: "Left lung", `lung_left` and the like, and nothing longer.
fn side_of(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    let mut words: Vec<_> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    match words.as_slice() {
        ["left", "lung"] => Some(LEFT),
        ["lung", "right"] => Some(RIGHT),
        _ => None,
    }
}

fn lung_name(lung: u8) -> &'static str {
    match lung {
        LEFT => "left lung",
        RIGHT => "right lung",
        _ => "airways",
    }
}

/// With lungs, their rows and those of the other labels.
fn as_csv(Measured { name, rows, lungs, check, .. }: &Measured) -> String {
    let summary = check::summary(check);
    let about = About { scan: Some(name), ct_check: Some(&summary), ..About::default() };
    let lungs = lungs.as_ref().map_or(&[][..], |lungs| &lungs.rows);
    let is_lung = |row: &&Row| lungs.iter().any(|lung| lung.row.name == row.name);
    let others: Vec<Row> = rows.iter().filter(|row| !is_lung(row)).cloned().collect();
    csv(lungs, &others, &about)
}

fn text(Measured { rows, lungs, notes, check, .. }: &Measured) -> String {
    let mut lines = labels_table(rows);
    if let Some(lungs) = lungs {
        lines.push(String::new());
        lines.extend(lungs_table(&lungs.rows));
        if let Some(share) = lungs.left_share {
            lines.push(format!("left lung: {:.1} % of both", 100.0 * share));
        }
    }
    lines.push(String::new());
    let of_lungs = lungs.iter().flat_map(|lungs| &lungs.notes);
    lines.extend(notes.iter().chain(of_lungs).map(|note| format!("note      {}", note.message)));
    lines.extend(scan::fails(check));
    lines.push("Research use only, not a medical device.".into());
    lines.join("\n")
}

fn labels_table(rows: &[Row]) -> Vec<String> {
    let header = [
        "label",
        "ml",
        "voxels",
        "mm²",
        "mean HU",
        "sd",
        "min",
        "p5",
        "p15",
        "median",
        "p95",
        "max",
        "centroid RAS mm",
    ];
    let cells = rows.iter().map(|row| {
        let centroid = row
            .centroid_ras_mm
            .map_or_else(|| "–".into(), |mm| mm.map(|mm| number(Some(mm), 1)).join(" "));
        let mut cells = vec![
            row.name.clone(),
            number(Some(row.volume_ml), 2),
            row.voxels.to_string(),
            number(Some(row.surface_mm2), 0),
            number(row.mean_hu, 2),
            number(row.sd_hu, 2),
        ];
        let whole = [row.min_hu, row.p5_hu, row.p15_hu, row.median_hu, row.p95_hu, row.max_hu];
        cells.extend(whole.map(|hu| number(hu, 1)));
        cells.push(centroid);
        cells
    });
    aligned(&header, cells.collect())
}

fn lungs_table(rows: &[LungRow]) -> Vec<String> {
    let header = [
        "region",
        "ml",
        "gas ml",
        "tissue g",
        "Schneider g",
        "mean HU",
        "Perc15",
        "over %",
        "normal %",
        "poor %",
        "non %",
        "LAA-950 %",
        "LAA-910 %",
        "LAA-856 %",
    ];
    let cells = rows.iter().map(|lung| {
        let mut cells = vec![lung.row.name.clone(), number(Some(lung.row.volume_ml), 1)];
        cells.extend([lung.gas_ml, lung.tissue_g, lung.schneider_g].map(|n| number(n, 1)));
        cells.extend([lung.row.mean_hu, lung.row.p15_hu].map(|n| number(n, 1)));
        let shares = [
            lung.over_aerated_percent,
            lung.normally_aerated_percent,
            lung.poorly_aerated_percent,
            lung.non_aerated_percent,
            lung.laa950_percent,
            lung.laa910_percent,
            lung.laa856_percent,
        ];
        cells.extend(shares.map(|n| number(n, 2)));
        cells
    });
    aligned(&header, cells.collect())
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.decimals$}").replace('-', "−"))
}

/// Names to the left, numbers to the right, two blanks between columns.
fn aligned(header: &[&str], rows: Vec<Vec<String>>) -> Vec<String> {
    let header = header.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width_of = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).filter_map(width_of).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect()
}
