//! A stack of pictures as a volume to be.

use hounsfield::{
    Error, Grid, HeldAs, Info, Note,
    facts::{Facts, PixelSpacing, Placement, Stack, Units},
    grid::Affine,
    labels::Coding,
    nifti::AxisMap,
};

use crate::{
    item::{PictureHeader, Place},
    openable::{Asks, Openable, SeriesInfo},
    plan::{Gaps, Options, Part, Plan, Plane, ReaderKind},
    volume,
};

/// The most slices that a volume can have.
const MAX_SLICES: usize = 65_534;
/// The note that pictures of a stack are stored differently, and what becomes of grey values then.
pub(super) const MIXED_TYPES: &str = "mixed_types";

/// Pictures that make one volume.
#[derive(Debug)]
pub(super) struct Stacked {
    pub(super) header: PictureHeader,
    pub(super) title: String,
    /// The folder that the first of them lies in.
    pub(super) folder: String,
    /// A file and a page for each slice; `None`: there is no picture of this number.
    pub(super) slices: Vec<Option<(Place, u32)>>,
    pub(super) files: usize,
    pub(super) notes: Vec<Note>,
}

impl Stacked {
    fn file_size(&self) -> [usize; 3] {
        let [width, height] = self.header.size_pixel.map(|n| n as usize);
        [width, height, self.slices.len()]
    }

    fn format(&self) -> String {
        let stack = if self.slices.len() > 1 { " stack" } else { "" };
        format!("{}{stack}", self.header.format)
    }

    /// Columns to the Left, rows to Posterior, slices to Superior.
    pub(super) fn grid(&self, options: &Options) -> Result<(Grid, AxisMap, Affine), Error> {
        let [x, y] = self.header.spacing_mm.unwrap_or([1.0; 2]);
        let upright = [[-x, 0.0, 0.0, 0.0], [0.0, -y, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        let ras_from_file = match options.spacing_mm {
            Some(spacing_mm) => volume::with_spacing(&upright, spacing_mm),
            None => upright,
        };
        if self.slices.len() > MAX_SLICES {
            return Err(Error::BadGrid {
                what: "size",
                value: format!("{:?}", self.file_size()),
                expected: "no axis may have more than 65534 voxels",
            });
        }
        Grid::new(self.file_size(), ras_from_file)?;
        let axes = AxisMap::closest_ras(&ras_from_file);
        Ok((axes.grid(self.file_size(), &ras_from_file)?, axes, ras_from_file))
    }

    /// Numbers that can be HU: what nobody makes for looking at.
    fn units(&self) -> Units {
        let is = |kind: &str| {
            matches!(kind, "int8" | "int16" | "int32" | "int64" | "float32" | "float64")
        };
        if self.types().all(is) { Units::Unknown } else { Units::Grey }
    }

    /// How pixels are stored, each once.
    fn types(&self) -> impl Iterator<Item = &str> {
        self.header.stored_type.split(", ")
    }

    fn held_as(&self) -> HeldAs {
        if self.header.stored_type.starts_with("float") { HeldAs::F32 } else { HeldAs::I16 }
    }

    fn is_lossy(&self) -> bool {
        self.header.format.contains("JPEG")
    }

    /// What the values of labels are. The same for all planes: colours in some, grey in others are
    /// what programs make that save each picture as small as it goes. Where all have one palette, its
    /// numbers are the labels.
    fn coding(&self) -> Coding {
        let coloured = |kind: &str| kind.starts_with("rgb") || kind.ends_with("alpha");
        if self.units() != Units::Grey {
            Coding::Labels
        } else if self.is_lossy() {
            Coding::Lossy
        } else if !self.header.palette.is_empty() {
            Coding::Labels
        } else if self.types().any(coloured) {
            Coding::Colours
        } else {
            Coding::Grey
        }
    }

    fn notes_on_labels(&self) -> Vec<Note> {
        self.notes.iter().filter(|note| note.code != MIXED_TYPES).cloned().collect()
    }

    fn notes(&self, options: &Options) -> Vec<Note> {
        let mut notes = self.notes.clone();
        if self.units() == Units::Grey {
            notes.push(Note::new(
                "no_hu",
                "Pictures hold grey values, not HU; thresholds in HU mean nothing here.",
            ));
        }
        notes.push(Note::new(
            "orientation_unknown",
            "Pictures do not say how they lie: columns are taken to run to the Left, rows to Posterior, and the stack to Superior; left and right may be swapped.",
        ));
        if options.turn_over && self.slices.len() > 1 {
            notes.push(Note::new(
                "turned_over",
                "The stack was turned over by you: its last picture is the lowest slice.",
            ));
        }
        match (options.spacing_mm, self.header.spacing_mm) {
            (Some([x, y, z]), _) => notes.push(Note::new(
                "spacing_given",
                format!("The spacing was stated by you: {x} × {y} × {z} mm."),
            )),
            (None, Some([x, y])) => notes.push(Note::new(
                "spacing_assumed",
                format!("The pixels are {x:.4} × {y:.4} mm by the file's resolution; 1 mm is assumed between slices."),
            )),
            (None, None) => notes.push(Note::new(
                "spacing_assumed",
                "Pictures state no distance of voxels; 1 mm is assumed along each axis.",
            )),
        }
        if self.types().any(|kind| kind.starts_with("rgb")) {
            notes.push(Note::new("colours", "Colours became brightness (ITU-R BT.601)."));
        }
        if self.types().any(|kind| kind.starts_with("rgba") || kind.ends_with("alpha")) {
            notes.push(Note::new("alpha_ignored", "Transparency was ignored."));
        }
        notes
    }

    fn missing(&self) -> usize {
        self.slices.iter().filter(|slice| slice.is_none()).count()
    }

    /// The parts of slice `k`, interpolated between its neighbours where it has none.
    fn plane(&self, k: usize, gaps: Gaps) -> Plane {
        let part = |n: usize, weight: f64| {
            let (place, frame) = self.slices.get(n)?.clone()?;
            Some(Part { place, frame, weight })
        };
        let parts = match (part(k, 1.0), gaps) {
            (Some(part), _) => vec![part],
            (None, Gaps::Leave) => Vec::new(),
            (None, Gaps::Interpolate) => {
                let is = |n: &usize| self.slices.get(*n).is_some_and(Option::is_some);
                let (Some(a), Some(b)) = ((0..k).rev().find(is), (k..self.slices.len()).find(is))
                else {
                    return Plane::default();
                };
                let share = (k - a) as f64 / (b - a) as f64;
                part(a, 1.0 - share).into_iter().chain(part(b, share)).collect()
            }
        };
        Plane { parts, ..Plane::default() }
    }
}

impl Openable for Stacked {
    fn info(&self, id: String) -> SeriesInfo {
        let options = Options::default();
        let (size_voxel, spacing_mm, file_spacing_mm) = match self.grid(&options) {
            Ok((grid, _, affine)) => {
                (grid.size_voxel(), grid.spacing_mm(), volume::file_spacing_mm(&affine))
            }
            Err(_) => (self.file_size(), [1.0; 3], [1.0; 3]),
        };
        let count = size_voxel.iter().fold(1u64, |all, n| all.saturating_mul(*n as u64));
        SeriesInfo {
            id,
            title: self.title.clone(),
            format: self.format(),
            modality: String::new(),
            files: self.files,
            size_voxel,
            spacing_mm,
            file_spacing_mm,
            volume_bytes: count.saturating_mul(self.held_as().bytes()),
            notes: self.notes(&options),
            asks: Asks {
                gaps: self.missing() > 0,
                spacing: true,
                turn_over: self.slices.len() > 1,
                ..Asks::default()
            },
        }
    }

    fn plan(&self, options: &Options) -> Result<Plan, Error> {
        let (grid, axes, ras_from_file) = self.grid(options)?;
        let mut planes: Vec<Plane> =
            (0..self.slices.len()).map(|k| self.plane(k, options.gaps)).collect();
        if options.turn_over {
            planes.reverse();
        }
        let made = planes.iter().enumerate().filter(|(_, plane)| plane.parts.len() > 1);
        let step_mm = grid.spacing_mm()[2];
        let stack = Stack {
            planes: planes.len(),
            found: planes.len() - self.missing(),
            missing: self.missing(),
            made: made.map(|(k, _)| k).collect(),
            step_mm,
            min_step_mm: step_mm,
            max_step_mm: step_mm,
            ..Stack::default()
        };
        let facts = Facts {
            units: self.units(),
            placement: Placement::Assumed,
            pixel_spacing: match (options.spacing_mm, self.header.spacing_mm) {
                (Some(_), _) => PixelSpacing::Given,
                (None, Some(_)) => PixelSpacing::Stated,
                (None, None) => PixelSpacing::Assumed,
            },
            stack: Some(stack).filter(|stack| stack.planes > 1),
            lossy: self.is_lossy(),
            ..Facts::default()
        };
        let labels = options.labels.then(|| self.coding());
        let held_as = if labels == Some(Coding::Colours) { HeldAs::F32 } else { self.held_as() };
        // Of labels only the order and number of slices matters: they are laid on a scan.
        let notes = if options.labels { self.notes_on_labels() } else { self.notes(options) };
        let info = Info {
            notes,
            facts,
            ..Info::of_grid(
                self.format(),
                &grid,
                axes.letters(),
                self.header.stored_type.clone(),
                held_as,
            )
        };
        Ok(Plan {
            info,
            reader: ReaderKind::Picture,
            header: None,
            file_size: self.file_size(),
            ras_from_file,
            fill: 0,
            planes,
            sequential: false,
            needs_codecs: false,
            palette: if labels.is_some() { self.header.palette.clone() } else { Vec::new() },
            labels,
        })
    }
}
