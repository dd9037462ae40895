//! A series as an entry of the listing.

use std::collections::BTreeMap;

use hounsfield::Error;

use super::{
    geometry::Axes,
    series::{self, Series},
    stack,
};
use crate::{
    openable::{Groups, LeftOut, Openable, Rank, SeriesInfo, Standing},
    plan::{Options, Plan, file_name},
};

/// A series that can be opened.
#[derive(Debug)]
struct Listed {
    series: Series,
    info: SeriesInfo,
    rank: Rank,
}

/// Lists a series; one that no grid can hold is left out, with the reason.
pub(super) fn list(series: Series, groups: &mut Groups) {
    if series.duplicate_files > 0 {
        groups.left_out.push(LeftOut {
            count: series.duplicate_files,
            names: series.duplicate_names.iter().map(|name| file_name(name).to_owned()).collect(),
            ..LeftOut::of("duplicate", "Another slice lies at the same place.")
        });
    }
    match stack::plan(&series, &Options::default()) {
        Ok((plan, asks)) => {
            let info = SeriesInfo {
                id: String::new(),
                title: title(&series),
                format: "DICOM".into(),
                modality: series.header.modality.clone(),
                files: series.files,
                size_voxel: plan.info.size_voxel,
                spacing_mm: plan.info.spacing_mm,
                file_spacing_mm: crate::volume::file_spacing_mm(&plan.ras_from_file),
                volume_bytes: plan.info.volume_bytes,
                notes: plan.info.notes,
                asks,
            };
            let rank = Rank { standing: standing(&series), slices: series.slices.len() };
            groups.openable.push(Box::new(Listed { series, info, rank }));
        }
        Err(error) => {
            let mut left = LeftOut::of(error.code(), &error.to_string());
            left.count = series.files;
            left.names = series.slices.iter().take(5).map(|s| s.name.clone()).collect();
            groups.left_out.push(left);
        }
    }
}

/// Something that tells series of one title apart, in words.
type Tell = fn(&Series) -> String;

const TELLS: [Tell; 4] = [
    |series| series::aside(&series.header).unwrap_or_default().into(),
    |series| series.axes.map(|axes| direction(&axes)).unwrap_or_default().into(),
    |series| match series.slices.len() {
        1 => "1 slice".into(),
        n => format!("{n} slices"),
    },
    |series| series.header.series_number.map_or_else(String::new, |n| format!("series {n}")),
];

/// Where slices are stacked along.
fn direction(axes: &Axes) -> &'static str {
    match axes.normal.map(f64::abs) {
        [_, _, z] if z > 0.9 => "axial",
        [x, ..] if x > 0.9 => "sagittal",
        [_, y, _] if y > 0.9 => "coronal",
        _ => "oblique",
    }
}

/// Labels series that would have the same title by what they differ in.
pub(super) fn tell_titles_apart(all: &mut [Series]) {
    for tell in TELLS {
        let mut same: BTreeMap<String, Vec<&mut Series>> = BTreeMap::new();
        for series in all.iter_mut() {
            same.entry(title(series)).or_default().push(series);
        }
        for group in same.into_values() {
            let words: Vec<String> = group.iter().map(|series| tell(series)).collect();
            if words.iter().all(|word| Some(word) == words.first()) {
                continue;
            }
            for (series, word) in group.into_iter().zip(words) {
                if !series.label.is_empty() && !word.is_empty() {
                    series.label += ", ";
                }
                series.label += &word;
            }
        }
    }
}

/// The description, else the number, else a file's name.
pub(super) fn title(series: &Series) -> String {
    let header = &series.header;
    let mut title = match (header.description.trim(), header.series_number) {
        ("", Some(number)) => format!("series {number}"),
        ("", None) => series.slices.first().map_or_else(String::new, |s| s.name.clone()),
        (words, _) => words.to_owned(),
    };
    if !series.label.is_empty() {
        title += &format!(" ({})", series.label);
    }
    title
}

/// Does a person who drops a folder most likely mean this?
fn standing(series: &Series) -> Standing {
    let header = &series.header;
    let secondary = header.image_type.get(1).is_some_and(|t| t.eq_ignore_ascii_case("SECONDARY"));
    let upright =
        series.slices.first().and_then(|s| s.axes).is_some_and(|a| a.normal[2].abs() > 0.7);
    match header.modality.as_str() {
        _ if series.slices.len() < 2 || series::aside(header) == Some("scout") => Standing::Aside,
        "CT" if series::aside(header).is_none() && !secondary && upright => Standing::Scan,
        "CT" => Standing::Derived,
        "MR" | "PT" | "NM" => Standing::Other,
        _ => Standing::Aside,
    }
}

impl Openable for Listed {
    fn info(&self, id: String) -> SeriesInfo {
        SeriesInfo { id, ..self.info.clone() }
    }

    fn rank(&self) -> Rank {
        self.rank
    }

    fn plan(&self, options: &Options) -> Result<Plan, Error> {
        Ok(stack::plan(&self.series, options)?.0)
    }
}
