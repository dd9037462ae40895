//! What `bones` and `lungs` have in common: a scan in, its masks and a report out.

use std::path::Path;

use hounsfield::{Error, Mask, Note, Progress, Volume, check::CheckItem, progress::Part};
use hounsfield_formats::segment::Anatomy;
use serde::Serialize;

use crate::{
    args::{MaskFile, Open},
    failure::Failure,
    mask, output,
    progress::Bar,
    scan,
};

/// A report, and masks in the order of a label map's numbers.
pub(crate) type Found<R> = (R, Vec<(Anatomy, Mask)>);

/// One of the recipes.
pub(crate) trait Recipe {
    /// The report of the npm package.
    type Report: Serialize;

    /// Runs it.
    fn segment(
        &self,
        volume: &Volume,
        progress: &mut dyn Progress,
    ) -> Result<Found<Self::Report>, Error>;

    /// What it has to say beside the numbers.
    fn notes(report: &mut Self::Report) -> &mut Vec<Note>;

    /// The numbers, a line each.
    fn lines(report: &Self::Report) -> Vec<String>;
}

/// What the reader asked to be done with the outcome.
pub(crate) struct Wish<'a> {
    pub(crate) open: &'a Open,
    pub(crate) output: Option<&'a MaskFile>,
    pub(crate) json: bool,
}

/// The report, and the CT check of the scan.
#[derive(Serialize)]
struct Checked<R> {
    #[serde(flatten)]
    report: R,
    check: Vec<CheckItem>,
}

pub(crate) fn run<R: Recipe>(recipe: &R, wish: &Wish<'_>, quiet: bool) -> Result<(), Failure> {
    let to_stdout = wish.output.is_some_and(|output| output.path == Path::new("-"));
    if to_stdout && wish.json {
        return Err(Failure::Usage("--json and -o - cannot both write to standard output".into()));
    }
    let mut result = segment(recipe, wish, &mut Bar::new(quiet))?;
    match (wish.json, to_stdout) {
        (true, _) => output::print_json(&result),
        (false, true) => output::warn(&scan::fails(&result.check)),
        (false, false) => output::print(&text::<R>(&mut result)),
    }
}

fn segment<R: Recipe>(
    recipe: &R,
    wish: &Wish<'_>,
    bar: &mut dyn Progress,
) -> Result<Checked<R::Report>, Failure> {
    let scan = scan::read(wish.open, &mut Part::new(bar, 0.0, 0.4))?;
    if let Some(output) = wish.output {
        mask::refuse_early(output.format, &scan)?;
    }
    let (mut report, masks) = recipe
        .segment(&scan.opened.volume, &mut Part::new(bar, 0.4, 0.9))
        .map_err(|error| Failure::scan(&scan.found.name, error))?;
    if let Some(output) = wish.output {
        let masks: Vec<_> = masks.iter().map(|(anatomy, mask)| (*anatomy, mask)).collect();
        mask::write(output, &masks, &scan, &mut Part::new(bar, 0.9, 1.0))?;
    }
    // What the file said stands beside what the recipe assumed.
    R::notes(&mut report).splice(0..0, scan.opened.info.notes);
    Ok(Checked { report, check: scan.check })
}

fn text<R: Recipe>(Checked { report, check }: &mut Checked<R::Report>) -> String {
    let mut lines = R::lines(report);
    lines.extend(R::notes(report).iter().map(|note| format!("note        {}", note.message)));
    lines.extend(scan::fails(check));
    lines.push("Research use only, not a medical device.".into());
    lines.join("\n")
}
