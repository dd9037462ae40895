//! `hounsfield bones`

use hounsfield::{
    Error, Note, Progress, Volume,
    bones::{self, BonesRun, Report},
};
use hounsfield_formats::segment::Anatomy;

use crate::{
    args,
    failure::Failure,
    recipe::{self, Found, Recipe, Wish},
};

/// Parts that the short report lists.
const LISTED_PARTS: usize = 12;

pub(crate) fn run(what: &args::Bones, quiet: bool) -> Result<(), Failure> {
    let wish = Wish { open: &what.open, output: what.output.as_ref(), json: what.json };
    recipe::run(what, &wish, quiet)
}

impl Recipe for args::Bones {
    type Report = Report;

    fn segment(
        &self,
        volume: &Volume,
        progress: &mut dyn Progress,
    ) -> Result<Found<Report>, Error> {
        let BonesRun { mask, report, .. } = bones::run(volume, &self.params(), progress)?;
        Ok((report, vec![(Anatomy::Bone, mask)]))
    }

    fn notes(report: &mut Report) -> &mut Vec<Note> {
        &mut report.notes
    }

    fn lines(report: &Report) -> Vec<String> {
        let mut lines = vec![
            format!("threshold   {} HU: {}", report.threshold_hu, report.choice.reason),
            format!(
                "bones       {:.1} ml in {} voxels, {} connected parts",
                report.volume_ml, report.voxels, report.components
            ),
        ];
        if !report.contrast.is_empty() {
            lines.push(format!("contrast    {}", report.contrast));
        }
        for part in report.parts.iter().take(LISTED_PARTS) {
            let verdict = if part.kept { "kept" } else { "dropped" };
            lines.push(format!(
                "{verdict:11} {:.1} ml, {}: {}",
                part.volume_ml, part.kind, part.why
            ));
        }
        if report.parts.len() > LISTED_PARTS {
            lines.push(format!(
                "            and {} smaller parts (--json lists them)",
                report.parts.len() - LISTED_PARTS
            ));
        }
        lines
    }
}
