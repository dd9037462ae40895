//! Pictures into stacks: those that are called alike but for a number, and pages of one file.

use std::collections::BTreeMap;

use hounsfield::{
    Error, Grid, HeldAs, Info, Note,
    facts::{Facts, PixelSpacing, Placement, Stack, Units},
    grid::Affine,
    nifti::AxisMap,
};

use crate::{
    catalogue::{Asks, Groups, LeftOut, Openable, SeriesInfo},
    item::{Item, Kind, PictureHeader, Place},
    plan::{Gaps, Options, Part, Plan, Plane, ReaderKind},
    volume,
};

/// How many missing numbers are named.
const NAMED: usize = 5;
/// The most slices that a volume can have.
const MAX_SLICES: usize = 65_534;

/// A picture among others that are called alike.
#[derive(Debug, Clone)]
struct Numbered<'a> {
    header: &'a PictureHeader,
    name: String,
    place: Place,
    /// The numbers in its name.
    numbers: Vec<u64>,
}

/// Pictures that make one volume.
#[derive(Debug)]
struct Stacked {
    header: PictureHeader,
    title: String,
    /// The folder that the first of them lies in.
    folder: String,
    /// A file and a page for each slice; `None`: there is no picture of this number.
    slices: Vec<Option<(Place, u32)>>,
    files: usize,
    notes: Vec<Note>,
}

/// Called alike but for numbers, of one size and kind of value. Programs that make pictures smaller
/// choose grey or colours, 8 or 16 bits for each picture by itself.
type Alike = (String, [u32; 2], &'static str);

/// Stacks of pictures, and single ones.
pub(crate) fn groups(items: &[Item]) -> Groups {
    let mut found = Vec::new();
    let mut alike: BTreeMap<Alike, Vec<Numbered<'_>>> = BTreeMap::new();
    for item in items {
        let Kind::Picture(header) = &item.kind else { continue };
        if header.pages > 1 {
            let slices = (0..header.pages).map(|page| Some((item.place.clone(), page))).collect();
            found.push(Stacked {
                header: header.clone(),
                title: last_part(&item.name),
                folder: folder_of(&item.name),
                slices,
                files: 1,
                notes: Vec::new(),
            });
            continue;
        }
        let (shape, numbers) = shape_of(&item.name);
        let key = (shape, header.size_pixel, kind(&header.stored_type));
        let (name, place) = (item.name.clone(), item.place.clone());
        alike.entry(key).or_default().push(Numbered { header, name, place, numbers });
    }
    for pictures in alike.into_values() {
        for stack in stacks(pictures) {
            if let Some((_, first)) = stack.first() {
                found.push(stacked(first.header, &stack));
            }
        }
    }
    tell_apart(&mut found);
    let mut groups = Groups::default();
    for stack in found {
        add(&mut groups, stack);
    }
    groups
}

/// Stacks that are called alike are called by their folders, too: `images` and `masks`, mostly.
/// Others are not: folders are often named after people.
fn tell_apart(stacks: &mut [Stacked]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for stack in &*stacks {
        *times.entry(stack.title.clone()).or_default() += 1;
    }
    for stack in stacks {
        let is_only = times.get(&stack.title).is_none_or(|times| *times < 2);
        if !is_only && !stack.folder.is_empty() {
            stack.title = format!("{}/{}", stack.folder, stack.title);
        }
    }
}

fn add(groups: &mut Groups, stack: Stacked) {
    match stack.grid(&Options::default()) {
        Ok(_) => groups.openable.push(Box::new(stack)),
        Err(error) => {
            let reason = format!("These pictures make no volume: {error}.");
            groups.left_out.push(LeftOut::one(error.code(), &reason, &stack.title));
        }
    }
}

/// A name with `#` for each number, and the numbers.
fn shape_of(name: &str) -> (String, Vec<u64>) {
    let (mut shape, mut numbers) = (String::new(), Vec::new());
    let mut number: Option<u64> = None;
    for letter in name.chars() {
        match letter.to_digit(10) {
            Some(digit) => {
                let value = number.unwrap_or(0).saturating_mul(10).saturating_add(digit.into());
                number = Some(value);
            }
            None => {
                if let Some(value) = number.take() {
                    shape.push('#');
                    numbers.push(value);
                }
                shape.extend(letter.to_lowercase());
            }
        }
    }
    if let Some(value) = number {
        shape.push('#');
        numbers.push(value);
    }
    (shape, numbers)
}

/// The last number that is not the same in all names counts slices; the others tell stacks apart.
fn stacks(pictures: Vec<Numbered<'_>>) -> Vec<Vec<(u64, Numbered<'_>)>> {
    let first = pictures.first().map(|picture| picture.numbers.clone()).unwrap_or_default();
    let differs = |n: &usize| pictures.iter().any(|p| p.numbers.get(*n) != first.get(*n));
    let counter = (0..first.len()).rev().find(differs);
    let mut stacks: BTreeMap<Vec<u64>, Vec<(u64, Numbered<'_>)>> = BTreeMap::new();
    for picture in pictures {
        let mut others = picture.numbers.clone();
        let number = match counter {
            Some(n) if n < others.len() => others.remove(n),
            _ => 0,
        };
        stacks.entry(others).or_default().push((number, picture));
    }
    let mut stacks: Vec<_> = stacks.into_values().collect();
    for stack in &mut stacks {
        stack.sort_by(|a, b| (a.0, &a.1.name, &a.1.place).cmp(&(b.0, &b.1.name, &b.1.place)));
    }
    stacks
}

/// Slices in the order of their numbers, with room for those that are missing.
fn stacked(first: &PictureHeader, stack: &[(u64, Numbered<'_>)]) -> Stacked {
    let name = |picture: Option<&(u64, Numbered<'_>)>| {
        picture.map(|(_, picture)| last_part(&picture.name)).unwrap_or_default()
    };
    let title = match stack {
        [_] => name(stack.first()),
        _ => format!("{} … {}", name(stack.first()), name(stack.last())),
    };
    let types = each(stack, |header| &header.stored_type);
    let mut notes = Vec::new();
    if types.len() > 1 {
        let counts: Vec<String> = types.iter().map(|(kind, n)| format!("{n} × {kind}")).collect();
        notes.push(Note::new(
            "mixed_types",
            format!("Pictures differ in how their pixels are stored ({}); each keeps its own numbers, colours become brightness.", counts.join(", ")),
        ));
    }
    let joined =
        |words: BTreeMap<&str, usize>, by: &str| words.into_keys().collect::<Vec<_>>().join(by);
    let header = PictureHeader {
        stored_type: joined(types, ", "),
        format: joined(each(stack, |header| &header.format), " and "),
        ..first.clone()
    };
    let gaps = || {
        stack.windows(2).filter_map(|two| match two {
            [(a, _), (b, _)] => Some((*a, b - a)),
            _ => None,
        })
    };
    let step = gaps().map(|(_, gap)| gap).filter(|gap| *gap > 0).min().unwrap_or(1);
    let even = gaps().all(|(_, gap)| gap % step == 0);
    let missing: u64 = gaps().map(|(_, gap)| (gap / step).saturating_sub(1)).sum();
    let twice = gaps().filter(|(_, gap)| *gap == 0).count();
    let mut slices: Vec<Option<(Place, u32)>> = Vec::new();
    // Numbers with more holes than pictures count something else.
    let holes = even && twice == 0 && missing < stack.len() as u64;
    for (n, (number, picture)) in stack.iter().enumerate() {
        slices.push(Some((picture.place.clone(), 0)));
        if let (true, Some((next, _))) = (holes, stack.get(n + 1)) {
            (1..(next - number) / step).for_each(|_| slices.push(None));
        }
    }
    if missing > 0 || !even {
        let after: Vec<String> = gaps()
            .filter(|(_, gap)| *gap > step)
            .take(NAMED)
            .map(|(number, gap)| format!("{} after {number}", gap / step - 1))
            .collect();
        let what = if holes {
            "their slices stay empty"
        } else {
            "the pictures were put next to each other"
        };
        notes.push(Note::new(
            "missing_slices",
            format!("Numbers are missing ({}); {what}.", after.join(", ")),
        ));
    }
    if step > 1 && even {
        notes.push(Note::new(
            "numbers_step",
            format!(
                "The numbers of pictures go up by {step}; each picture is taken for the next slice."
            ),
        ));
    }
    if twice > 0 {
        notes.push(Note::new(
            "duplicate_numbers",
            format!("{twice} pictures have the number of another; both were kept, in the order of their names."),
        ));
    }
    let folder = stack.first().map(|(_, picture)| folder_of(&picture.name)).unwrap_or_default();
    Stacked { header, title, folder, slices, files: stack.len(), notes }
}

/// What pictures of a stack say, and how many say it.
fn each<'a>(
    stack: &[(u64, Numbered<'a>)],
    word: impl Fn(&'a PictureHeader) -> &'a str,
) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for (_, picture) in stack {
        *counts.entry(word(picture.header)).or_insert(0) += 1;
    }
    counts
}

/// What values of a picture can be: grey for the eye, whole numbers with a sign, or floats.
fn kind(stored_type: &str) -> &'static str {
    if stored_type.starts_with("int") {
        "int"
    } else if stored_type.starts_with("float") {
        "float"
    } else {
        "grey"
    }
}

fn last_part(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// The innermost folder; nothing where there is none.
fn folder_of(name: &str) -> String {
    name.rsplit_once('/').map(|(folders, _)| last_part(folders)).unwrap_or_default()
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
    fn grid(&self, options: &Options) -> Result<(Grid, AxisMap, Affine), Error> {
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
            asks: Asks { gaps: self.missing() > 0, spacing: true, ..Asks::default() },
        }
    }

    fn plan(&self, options: &Options) -> Result<Plan, Error> {
        let (grid, axes, ras_from_file) = self.grid(options)?;
        let planes: Vec<Plane> =
            (0..self.slices.len()).map(|k| self.plane(k, options.gaps)).collect();
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
            lossy: self.header.format.contains("JPEG"),
            ..Facts::default()
        };
        let info = Info {
            notes: self.notes(options),
            facts,
            ..Info::of_grid(
                self.format(),
                &grid,
                axes.letters(),
                self.header.stored_type.clone(),
                self.held_as(),
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
        })
    }
}
