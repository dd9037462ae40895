//! What is known of a series: its slices in order, and what goes for all of them.

use std::collections::BTreeSet;

use hounsfield::Note;

use super::{
    broken::Broken,
    geometry::{self, Axes, V3},
    header::{Frame, Header},
    siblings::Elsewhere,
};
use crate::{
    item::{Item, Place},
    plan::file_name,
};

/// How many duplicates are named.
const NAMED: usize = 5;

/// A frame among the items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) item: &'a Item,
    pub(super) header: &'a Header,
    pub(super) frame: &'a Frame,
    pub(super) number: u32,
    pub(super) position: Option<V3>,
    pub(super) axes: Option<Axes>,
    pub(super) spacing: Option<[f64; 2]>,
}

impl<'a> Found<'a> {
    /// Frame `number` of an object.
    pub(super) fn new(item: &'a Item, header: &'a Header, frame: &'a Frame, number: u32) -> Self {
        let [x, y] = frame.spacing_mm.map_or([None; 2], |mm| mm.map(Some));
        Self {
            item,
            header,
            frame,
            number,
            position: geometry::position(frame.position_lps),
            axes: frame.orientation_lps.as_ref().and_then(Axes::new),
            spacing: geometry::distance(x).zip(geometry::distance(y)).map(|(x, y)| [x, y]),
        }
    }

    /// Of two slices at one place the lower is taken; the order where there are no positions.
    pub(super) fn taken(&self) -> impl Ord + '_ {
        let number = |n: Option<i32>| n.map_or(i64::MAX, i64::from);
        (
            number(self.header.acquisition_number),
            number(self.header.instance_number),
            self.number,
            &self.item.name,
            &self.item.place,
        )
    }
}

/// A slice of a series: what a plan needs of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub(super) place: Place,
    pub(super) frame: u32,
    pub(super) name: String,
    pub(super) position: Option<V3>,
    pub(super) axes: Option<Axes>,
    pub(super) spacing: Option<[f64; 2]>,
    pub(super) spacing_at_detector: bool,
    pub(super) slope: Option<f64>,
    pub(super) intercept: Option<f64>,
    pub(super) other_units: bool,
}

/// Slices that can be one volume, in order.
#[derive(Debug)]
pub(super) struct Series {
    /// Of the slice that was taken first; all are ordered along its normal.
    pub(super) axes: Option<Axes>,
    /// Of the first slice, without its frames.
    pub(super) header: Header,
    pub(super) slices: Vec<Piece>,
    pub(super) files: usize,
    pub(super) needs_codecs: bool,
    /// Slices left out because another lies at the same place, and the files they are in.
    pub(super) duplicates: usize,
    pub(super) duplicate_files: usize,
    pub(super) duplicate_names: Vec<String>,
    /// Slices left out because they cannot be read.
    pub(super) broken: Vec<Broken>,
    /// What grouping found.
    pub(super) notes: Vec<Note>,
    /// What tells it from others of the same series.
    pub(super) label: String,
    /// Slices of the same series that are listed by themselves.
    pub(super) elsewhere: Elsewhere,
}

/// A scout or a picture made of slices, by its Image Type: never part of the scan itself.
pub(super) fn aside(header: &Header) -> Option<&'static str> {
    let values: Vec<String> = header.image_type.iter().map(|t| t.to_ascii_uppercase()).collect();
    // Whole words: "MPR" is in "COMPRESSED", too.
    let words = || values.iter().flat_map(|t| t.split(|c: char| !c.is_ascii_alphanumeric()));
    let starts = |beginnings: &[&str]| words().any(|w| beginnings.iter().any(|b| w.starts_with(b)));
    if starts(&["LOCALIZER", "SCOUT"]) {
        Some("scout")
    } else if starts(&["PROJECTION", "REFORMAT", "SCREEN"])
        || words().any(|word| matches!(word, "MIP" | "MINIP" | "MPR"))
    {
        Some("reformat")
    } else {
        None
    }
}

/// What a series needs of its first header; not its frames, which may be very many.
fn head(of: &Header) -> Header {
    Header {
        sop_class: of.sop_class.clone(),
        series: of.series.clone(),
        frame_of_reference: of.frame_of_reference.clone(),
        modality: of.modality.clone(),
        description: of.description.clone(),
        series_number: of.series_number,
        acquisition_number: of.acquisition_number,
        image_type: of.image_type.clone(),
        shape: of.shape,
        float: of.float,
        photometric: of.photometric.clone(),
        thickness_mm: of.thickness_mm,
        spacing_between_mm: of.spacing_between_mm,
        stated_tilt_deg: of.stated_tilt_deg,
        padding: of.padding,
        contrast_agent: of.contrast_agent,
        ..Header::default()
    }
}

impl Series {
    /// Of slices in order.
    pub(super) fn new(
        slices: &[Found<'_>],
        duplicates: &[Found<'_>],
        label: String,
        notes: Vec<Note>,
    ) -> Self {
        let twice: BTreeSet<&String> = duplicates.iter().map(|s| &s.item.name).collect();
        let header = Header {
            lossy: slices.iter().any(|s| s.header.lossy),
            cone_beam: slices.iter().any(|s| s.header.cone_beam),
            ..slices.first().map(|s| head(s.header)).unwrap_or_default()
        };
        let files: BTreeSet<&Place> = slices.iter().map(|s| &s.item.place).collect();
        Self {
            axes: None,
            header,
            files: files.len(),
            needs_codecs: slices.iter().any(|s| s.header.codec.is_some()),
            duplicates: duplicates.len(),
            duplicate_files: twice.len(),
            broken: Vec::new(),
            elsewhere: Elsewhere::default(),
            duplicate_names: twice.into_iter().take(NAMED).cloned().collect(),
            notes,
            label,
            slices: slices
                .iter()
                .map(|s| Piece {
                    place: s.item.place.clone(),
                    frame: s.number,
                    name: file_name(&s.item.name).to_owned(),
                    position: s.position,
                    axes: s.axes,
                    spacing: s.spacing,
                    spacing_at_detector: s.frame.spacing_at_detector,
                    slope: s.frame.slope.filter(|x| x.is_finite() && *x != 0.0),
                    intercept: s.frame.intercept.filter(|x| x.is_finite()),
                    other_units: s.frame.other_units,
                })
                .collect(),
        }
    }
}
