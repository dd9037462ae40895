//! `hounsfield measure`

use std::path::Path;

use hounsfield::{
    Grid, Mask, Note,
    check::{self, CheckItem, Status},
    facts::Placement,
    labels::split,
    lungs::{AIRWAYS, LEFT, RIGHT},
    measure::{
        csv::{About, csv},
        lungs::{LungMeasures, LungRow, contrast_note, measure_lungs},
        table::{Named, Row, table},
    },
    progress::Part,
};
use serde::Serialize;

use crate::{args, failure::Failure, output, progress::Bar, scan, source};

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
    value: i32,
    name: String,
    mask: Mask,
    /// Its file is the map of lungs.
    of_lungs: bool,
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
    let mut labels = Vec::new();
    let mut notes = scan.opened.info.notes.clone();
    for (k, path) in what.masks.iter().enumerate() {
        let [from, to] = [k, k + 1].map(|k| 0.5 + 0.3 * k as f64 / what.masks.len() as f64);
        let reading = &mut Part::new(bar, from, to);
        let of_lungs = what.lungs && k == 0;
        for (value, name, mask) in read(path, volume.grid(), &mut notes, reading)? {
            let said = what.labels.iter().find(|(label, _)| *label == value);
            let of_map = lung_name(value).filter(|_| of_lungs);
            let name =
                said.map(|(_, said)| said.clone()).or(of_map.map(Into::into)).unwrap_or(name);
            labels.push(Label { value, name, mask, of_lungs });
        }
    }
    let failed = |error| Failure::scan(&scan.found.name, error);
    let named: Vec<_> =
        labels.iter().map(|label| Named { name: &label.name, mask: &label.mask }).collect();
    let rows = table(volume, &named, &mut Part::new(bar, 0.8, 0.9)).map_err(failed)?;
    let lungs = if what.lungs {
        let none = Mask::empty(volume.grid().size_voxel()).map_err(failed)?;
        let side = |side: u8| {
            let is_it = |label: &&Label| label.of_lungs && label.value == i32::from(side);
            let label = labels.iter().find(is_it);
            label.map_or(&none, |label| &label.mask)
        };
        let (left, right) = (side(LEFT), side(RIGHT));
        let measuring = &mut Part::new(bar, 0.9, 1.0);
        let mut found = measure_lungs(volume, left, right, measuring).map_err(failed)?;
        let contrast = |item: &CheckItem| item.id == "contrast" && item.status != Status::Pass;
        if scan.check.iter().any(contrast) {
            found.notes.push(contrast_note());
        }
        Some(found)
    } else {
        None
    };
    Ok(Measured { name: source::label(&scan.found.name), rows, lungs, notes, check: scan.check })
}

/// The labels of a file, on the scan's grid: value, name, mask.
fn read(
    path: &Path,
    target: &Grid,
    notes: &mut Vec<Note>,
    bar: &mut Part<'_>,
) -> Result<Vec<(i32, String, Mask)>, Failure> {
    let found = scan::find(&args::Open::of(path), &mut Part::new(bar, 0.0, 0.2))?;
    let opened = scan::open(&found, &mut Part::new(bar, 0.2, 1.0))?;
    let placed = opened.info.facts.placement == Placement::Stated;
    if !placed {
        let message = format!(
            "{} does not say where it lies: it is placed by its size only, so check top and bottom, left and right.",
            path.display()
        );
        notes.push(Note::new("placed_by_size", message));
    }
    let masks = split(&opened.volume, target, placed)
        .map_err(|error| Failure::Nothing { file: path.to_owned(), sentence: error.to_string() })?;
    if masks.is_empty() {
        let message = format!("{} holds no label: every voxel is 0.", path.display());
        notes.push(Note::new("no_labels", message));
    }
    let alone = masks.len() == 1;
    let labels = masks.into_iter();
    Ok(labels.map(|(value, mask)| (value, name_of(path, value, alone), mask)).collect())
}

/// What a value means in a map of lungs.
fn lung_name(value: i32) -> Option<&'static str> {
    let lungs = [(LEFT, "left lung"), (RIGHT, "right lung"), (AIRWAYS, "airways")];
    lungs.iter().find(|(label, _)| i32::from(*label) == value).map(|(_, name)| *name)
}

/// Named after its file.
fn name_of(path: &Path, value: i32, alone: bool) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let endings = [".nii.gz", ".seg.nrrd", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd"];
    let ending = endings.iter().find(|ending| file.to_ascii_lowercase().ends_with(*ending));
    let stem = file.get(..file.len() - ending.map_or(0, |ending| ending.len())).unwrap_or(&file);
    if alone { stem.into() } else { format!("{stem} {value}") }
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
