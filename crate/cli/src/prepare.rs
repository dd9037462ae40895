//! `hounsfield prepare`

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use hounsfield::{
    Error, Mask, Progress, check,
    nifti::{write_described_labels_to, write_described_volume_to},
    prepare::{self, Prepared, Step},
    progress::{Part, checkpoint},
};
use hounsfield_formats::dataset::{About, DataFile, DatasetWriter, Format, Label, Options, Window};

use crate::{
    args,
    failure::Failure,
    output,
    progress::Bar,
    resample::{Given, size_of},
    scan,
};

/// Colours of labels that nobody chose: told apart also by those who see red and green alike.
const COLOURS: [[u8; 3]; 8] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [153, 153, 153],
];

/// One scan, and what it is called in the dataset.
struct Case<'a> {
    id: String,
    scan: &'a Path,
    mask: Option<&'a Path>,
}

pub(crate) fn run(what: &args::Prepare, quiet: bool) -> Result<(), Failure> {
    let cases = cases(what)?;
    let steps = steps(&what.recipe)?;
    let map = map_of(what)?;
    let folder = Folder::make(&what.output)?;
    let format = what.slices.map_or(Format::Nifti, Format::from);
    let window = what.window.map(|[centre_hu, width_hu]| Window { centre_hu, width_hu });
    let options = Options { format, plane: what.plane.into(), window, palette: what.palette };
    let failed = |error| Failure::scan(&what.output, error);
    let mut dataset = Dataset {
        what,
        writer: DatasetWriter::new(options, steps.clone(), Vec::new()).map_err(failed)?,
        steps,
        options,
        folder,
    };
    let (mut lines, mut left_out) = (Vec::new(), Vec::new());
    {
        let mut bar = Bar::new(quiet);
        let count = cases.len() as f64;
        for (k, case) in cases.iter().enumerate() {
            let part = &mut Part::new(&mut bar, k as f64 / count, (k + 1) as f64 / count);
            match dataset.add(case, part) {
                Ok(line) => lines.push(line),
                // A person who interrupts means all of it.
                Err(stopped @ Failure::Scan { error: Error::Stopped, .. }) => return Err(stopped),
                Err(failure) => {
                    dataset.leave_out(case, &failure)?;
                    left_out.push(failure.to_string());
                }
            }
        }
    }
    let count = lines.len();
    dataset.finish(&map)?;
    lines.push(format!("{}: {count} of {} cases", what.output.display(), cases.len()));
    lines.push(format!("{}: which case was which file; keep it apart", map.display()));
    output::print(&lines.join("\n"))?;
    if left_out.is_empty() {
        return Ok(());
    }
    output::warn(&left_out)?;
    let sentence = format!("{} of {} cases were left out", left_out.len(), cases.len());
    Err(Failure::Nothing { file: what.output.clone(), sentence })
}

struct Dataset<'a> {
    what: &'a args::Prepare,
    writer: DatasetWriter,
    steps: Vec<Step>,
    options: Options,
    folder: Folder,
}

impl Dataset<'_> {
    /// Prepares a scan and writes its files.
    fn add(&mut self, case: &Case<'_>, progress: &mut dyn Progress) -> Result<String, Failure> {
        let failed = |error| Failure::scan(case.scan, error);
        let open = self.what.how.open(case.scan, None);
        let scan = scan::read(&open, &mut Part::new(progress, 0.0, 0.3))?;
        let volume = &scan.opened.volume;
        let given = match case.mask {
            Some(mask) => Given::read(mask, volume, &mut Part::new(progress, 0.3, 0.4))?,
            None => Given::default(),
        };
        let start = Prepared::new(volume, &given.masks, &scan.opened.template);
        let part = &mut Part::new(progress, 0.4, 0.6);
        let done = prepare::run(&self.steps, start, &scan::limits(), part).map_err(failed)?;
        let grid = done.volume.grid();
        let about = About {
            id: case.id.clone(),
            original: case.scan.display().to_string(),
            size_voxel: grid.size_voxel(),
            ras_from_voxel: *grid.ras_from_voxel(),
            values: done.values,
            check: check::summary(&scan.check),
        };
        for (number, colour) in given.numbers.iter().zip(&given.colours) {
            let label = self.label(*number, *colour);
            self.writer.name(label).map_err(failed)?;
        }
        self.writer.begin(&about).map_err(failed)?;
        let masks = given.with(&done);
        let part = &mut Part::new(progress, 0.6, 1.0);
        let has_mask = case.mask.is_some();
        if self.options.format == Format::Nifti {
            self.volumes(&done, &masks, has_mask, &about.check, part)?;
        } else {
            self.slices(&done, &masks, has_mask, part)?;
        }
        self.writer.end().map_err(failed)?;
        self.folder.keep();
        Ok(format!("{}  {}", case.id, size_of(&done.volume)))
    }

    fn slices(
        &mut self,
        done: &Prepared<'_>,
        masks: &[(u8, &Mask)],
        has_mask: bool,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        let failed = |error| Failure::scan(&self.what.output, error);
        let (plane, size) = (self.options.plane, done.volume.grid().size_voxel());
        let [_, _, count] = plane.size(size);
        for number in 0..count {
            checkpoint(progress, "writing slices", number as f64 / count as f64).map_err(failed)?;
            let values = plane.values(&done.volume, number).map_err(failed)?;
            let labels = has_mask.then(|| plane.labels(size, masks, number)).transpose();
            let labels = labels.map_err(failed)?;
            let files = self.writer.put(number, &values, labels.as_deref()).map_err(failed)?;
            files.iter().try_for_each(|file| self.folder.put(file))?;
        }
        Ok(())
    }

    fn volumes(
        &mut self,
        done: &Prepared<'_>,
        masks: &[(u8, &Mask)],
        has_mask: bool,
        about: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        let failed = |error| Failure::scan(&self.what.output, error);
        let mut counts = BTreeMap::new();
        for (number, mask) in masks {
            counts.insert(*number, mask.count() as u64);
        }
        let (image, mask) = self.writer.volume(has_mask.then_some(counts)).map_err(failed)?;
        let template = &*done.template;
        let mut writing = Part::new(progress, 0.0, 0.9);
        output::write_file(&self.folder.place(&image)?, |out| {
            write_described_volume_to(out, &done.volume, template, about, &mut writing).map(|_| ())
        })?;
        let Some(mask) = mask else { return Ok(()) };
        let mut writing = Part::new(progress, 0.9, 1.0);
        output::write_file(&self.folder.place(&mask)?, |out| {
            write_described_labels_to(out, masks, template, about, &mut writing).map(|_| ())
        })
    }

    /// Of several cases the first names and colours a number for all of them.
    fn label(&self, value: u8, colour: Option<[u8; 3]>) -> Label {
        if let Some(known) = self.writer.label(value) {
            return known.clone();
        }
        let named = self.what.label.iter().find(|(number, _)| *number == value);
        let name = named.map_or_else(|| format!("label {value}"), |(_, name)| name.clone());
        let rgb =
            colour.unwrap_or_else(|| COLOURS[usize::from(value.saturating_sub(1)) % COLOURS.len()]);
        Label { value, name, rgb }
    }

    fn leave_out(&mut self, case: &Case<'_>, failure: &Failure) -> Result<(), Failure> {
        self.folder.drop_case();
        let original = case.scan.display().to_string();
        self.writer
            .leave_out(&case.id, &original, &failure.to_string())
            .map_err(|error| Failure::scan(&self.what.output, error))
    }

    fn finish(mut self, map: &Path) -> Result<(), Failure> {
        let [manifest, key] =
            self.writer.finish().map_err(|error| Failure::scan(&self.what.output, error))?;
        self.folder.put(&manifest)?;
        fs::write(map, &key.bytes).map_err(|error| Failure::file(map, error))?;
        self.folder.complete = true;
        Ok(())
    }
}

/// The dataset's folder. Dropped before it is complete, what was written into it is removed.
struct Folder {
    path: PathBuf,
    /// Of the case that is being written.
    files: Vec<PathBuf>,
    complete: bool,
}

impl Folder {
    fn make(path: &Path) -> Result<Self, Failure> {
        if let Ok(mut entries) = fs::read_dir(path)
            && entries.next().is_some()
        {
            return Err(Failure::Usage(format!(
                "{} is not empty: a dataset needs a folder of its own",
                path.display()
            )));
        }
        fs::create_dir_all(path).map_err(|error| Failure::file(path, error))?;
        Ok(Self { path: path.to_owned(), files: Vec::new(), complete: false })
    }

    /// Where a file belongs; the folder above it is made.
    fn place(&mut self, path: &str) -> Result<PathBuf, Failure> {
        let place = self.path.join(path);
        let above = place.parent().unwrap_or(&self.path);
        fs::create_dir_all(above).map_err(|error| Failure::file(above, error))?;
        self.files.push(place.clone());
        Ok(place)
    }

    fn put(&mut self, file: &DataFile) -> Result<(), Failure> {
        let place = self.place(&file.path)?;
        fs::write(&place, &file.bytes).map_err(|error| Failure::file(&place, error))
    }

    fn keep(&mut self) {
        self.files.clear();
    }

    fn drop_case(&mut self) {
        for file in self.files.drain(..) {
            // It may never have been there.
            let _ = fs::remove_file(file);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.complete {
            // It was empty when it was taken. What cannot be removed must stay.
            for inside in ["images", "masks"] {
                let _ = fs::remove_dir_all(self.path.join(inside));
            }
            let _ = fs::remove_dir(&self.path);
        }
    }
}

fn cases(what: &args::Prepare) -> Result<Vec<Case<'_>>, Failure> {
    let count = what.scans.len();
    let fits = |name: &str, given: usize| {
        if given == 0 || given == count {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "there are {count} scans, but {given} {name}: give one for each"
        )))
    };
    fits("--mask", what.mask.len())?;
    fits("--case-id", what.case_id.len())?;
    let digits = count.to_string().len().max(3);
    let cases = what.scans.iter().enumerate().map(|(k, scan)| Case {
        id: what.case_id.get(k).cloned().unwrap_or_else(|| format!("case{:0digits$}", k + 1)),
        scan,
        mask: what.mask.get(k).map(PathBuf::as_path),
    });
    Ok(cases.collect())
}

fn steps(recipe: &args::Recipe) -> Result<Vec<Step>, Failure> {
    let Some(path) = &recipe.steps else { return Ok(recipe.listed()) };
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Usage(format!("{}: these are no steps: {error}", path.display())))
}

/// Beside the dataset, never in it: it says who is who.
fn map_of(what: &args::Prepare) -> Result<PathBuf, Failure> {
    let map = what.map.clone().unwrap_or_else(|| {
        let mut name = what.output.file_name().unwrap_or_default().to_owned();
        name.push("-map.csv");
        what.output.with_file_name(name)
    });
    if map.starts_with(&what.output) {
        return Err(Failure::Usage(format!(
            "{} is inside the dataset: the map says who is who, keep it apart",
            map.display()
        )));
    }
    if map.exists() {
        return Err(Failure::Usage(format!("{} is there already", map.display())));
    }
    Ok(map)
}
