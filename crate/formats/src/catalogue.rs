//! Items into series to pick from.

use std::{cmp::Reverse, collections::BTreeMap};

use hounsfield::Error;
use serde::{Deserialize, Serialize};

use crate::{
    dicom,
    item::{Item, Kind},
    openable::{Groups, LeftOut, Openable, Rank, SeriesInfo, Standing},
    picture,
    plan::{Options, Plan},
    volume,
};

/// What was dropped, header only.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// What can be opened, most sensible first.
    pub series: Vec<SeriesInfo>,
    /// The one to open when nobody picks; `None` when there is nothing to open.
    pub suggested: Option<String>,
    /// Why that one, in a sentence.
    pub reason: String,
    /// Everything else, grouped by reason.
    pub left_out: Vec<LeftOut>,
}

/// More entries than this are no list to pick from.
const MOST_SERIES: usize = 2000;
/// Reasons of one kind that are told apart; the rest is counted together.
const MOST_REASONS: usize = 8;
/// How many files are named.
const MOST_NAMES: usize = 5;

/// Everything that was found, grouped.
///
/// # Which one is suggested
/// The first: CT as it was taken before reformats, whole-volume files, other modalities, pictures,
/// and last what is no volume (scouts, single slices, secondary captures, X-rays). Among its
/// like the one with the most slices, which of thin and thick ones is the thin; then the one with
/// the most voxels; then the one with the lower series number.
#[derive(Debug, Default)]
pub struct Catalogue {
    openable: Vec<Box<dyn Openable>>,
    listing: Listing,
}

impl Catalogue {
    /// Groups what was found; the order of `items` does not matter.
    #[must_use]
    pub fn new(mut items: Vec<Item>) -> Self {
        items.sort_by(|a, b| (&a.name, &a.place).cmp(&(&b.name, &b.place)));
        let mut openable = Vec::new();
        let mut left_out = Vec::new();
        for groups in every_format(&items) {
            openable.extend(groups.openable);
            left_out.extend(groups.left_out);
        }
        for item in &items {
            if let Kind::Other { code, reason } = &item.kind {
                left_out.push(LeftOut::one(code, reason, &item.name));
            }
        }
        drop(items);
        openable.sort_by_cached_key(|series| {
            let rank = series.rank();
            let voxels = series.info(String::new()).size_voxel.iter().map(|n| *n as u128).product();
            (rank.standing, Reverse(rank.slices), Reverse::<u128>(voxels))
        });
        if openable.len() > MOST_SERIES {
            let surplus = openable.split_off(MOST_SERIES);
            let infos = surplus.iter().map(|series| series.info(String::new()));
            left_out.push(LeftOut {
                count: infos.map(|info| info.files).fold(0, usize::saturating_add),
                ..LeftOut::of("too_many", "Of very many series the most likely 2000 are listed.")
            });
        }
        let series: Vec<SeriesInfo> = (1..)
            .zip(&openable)
            .map(|(id, series): (usize, _)| series.info(id.to_string()))
            .collect();
        let listing = Listing {
            suggested: series.first().map(|first| first.id.clone()),
            reason: reason(&series, openable.first().map(|first| first.rank())),
            series,
            left_out: grouped(left_out),
        };
        Self { openable, listing }
    }

    /// What there is to pick from.
    #[must_use]
    pub fn listing(&self) -> Listing {
        self.listing.clone()
    }

    /// The volume to be of a series in the listing.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for an id that the listing does not have; what the options refuse.
    pub fn plan(&self, id: &str, options: &Options) -> Result<Plan, Error> {
        let listed = self.openable.iter().zip(&self.listing.series).find(|(_, info)| info.id == id);
        let (series, _) = listed.ok_or_else(|| Error::BadParameter {
            name: "series",
            value: id.into(),
            expected: "the listing has no such series",
        })?;
        series.plan(options)
    }
}

/// Each format takes the items it knows.
fn every_format(items: &[Item]) -> [Groups; 3] {
    [dicom::grouping::groups(items), volume::groups(items), picture::groups(items)]
}

/// Why the first is suggested.
fn reason(series: &[SeriesInfo], rank: Option<Rank>) -> String {
    let (Some(first), Some(rank)) = (series.first(), rank) else {
        return "Nothing here can be opened.".into();
    };
    let [x, y, z] = first.size_voxel;
    let others = match series.len() {
        1 => {
            let kind = if first.modality.is_empty() { &first.format } else { &first.modality };
            return format!("The only one that can be opened: {kind}, {x} × {y} × {z} voxels.");
        }
        2 => "1 other was found".to_owned(),
        n => format!("{} others were found", n - 1),
    };
    let what = match rank.standing {
        Standing::Scan => "The CT series with the most slices",
        Standing::Derived => {
            "the CT series with the most slices (reformatted; no original is here)"
        }
        Standing::Whole => "The file with the most slices (no CT series is here)",
        Standing::Other => "The series with the most slices (no CT is here)",
        Standing::Pictures => "The stack with the most pictures (no scan is here)",
        Standing::Aside => "The first that can be opened, though none is a volume",
    };
    format!("{what}: {} ({x} × {y} × {z} voxels); {others}.", rank.slices)
}

/// Equal reasons together, most files first.
fn grouped(files: Vec<LeftOut>) -> Vec<LeftOut> {
    let mut by_reason: BTreeMap<(String, String), (usize, Vec<String>)> = BTreeMap::new();
    for file in files {
        let (count, names) = by_reason.entry((file.code, file.reason)).or_default();
        *count = count.saturating_add(file.count);
        let room = MOST_NAMES.saturating_sub(names.len());
        names.extend(file.names.into_iter().take(room));
    }
    let mut groups: Vec<LeftOut> = by_reason
        .into_iter()
        .map(|((code, reason), (count, names))| LeftOut { code, reason, count, names })
        .collect();
    groups.sort_by_key(|group| Reverse(group.count));
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<LeftOut> = Vec::new();
    let mut rest: BTreeMap<String, LeftOut> = BTreeMap::new();
    for group in groups {
        let told = reasons.entry(group.code.clone()).or_insert(0);
        *told += 1;
        if *told <= MOST_REASONS {
            out.push(group);
            continue;
        }
        let other = rest
            .entry(group.code.clone())
            .or_insert_with(|| LeftOut::of(&group.code, "Other reasons of this kind."));
        other.count = other.count.saturating_add(group.count);
        let room = MOST_NAMES.saturating_sub(other.names.len());
        other.names.extend(group.names.into_iter().take(room));
    }
    out.extend(rest.into_values());
    out
}
