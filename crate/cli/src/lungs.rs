//! `hounsfield lungs`

use hounsfield::{
    Error, Note, Progress, Volume,
    lungs::{self, LungsRun, Report, Side},
};
use hounsfield_formats::segment::Anatomy;

use crate::{
    args,
    failure::Failure,
    recipe::{self, Found, Recipe, Wish},
};

pub(crate) fn run(what: &args::Lungs, quiet: bool) -> Result<(), Failure> {
    let wish = Wish { open: &what.open, output: what.output.as_ref(), json: what.json };
    recipe::run(what, &wish, quiet)
}

impl Recipe for args::Lungs {
    type Report = Report;

    fn segment(
        &self,
        volume: &Volume,
        progress: &mut dyn Progress,
    ) -> Result<Found<Report>, Error> {
        let LungsRun { left, right, airways, report } =
            lungs::run(volume, &self.params(), progress)?;
        // In the order of the label map's numbers: 1 left, 2 right, 3 airways.
        let mut masks = vec![(Anatomy::LeftLung, left), (Anatomy::RightLung, right)];
        masks.extend(airways.map(|airways| (Anatomy::Airway, airways)));
        Ok((report, masks))
    }

    fn notes(report: &mut Report) -> &mut Vec<Note> {
        &mut report.notes
    }

    fn lines(report: &Report) -> Vec<String> {
        let mut lines = vec![format!("result      {}", report.summary)];
        let mut side = |name: &str, side: &Side| {
            lines.push(format!("{name:11} {:.1} ml in {} voxels", side.volume_ml, side.voxels));
        };
        if report.found {
            side("left", &report.left);
            side("right", &report.right);
        }
        if let Some(airways) = report.airways.as_ref().filter(|airways| airways.voxels > 0) {
            side("airways", airways);
        }
        if let Some(share) = report.left_share {
            lines.push(format!("left share  {:.1} %", 100.0 * share));
        }
        lines.extend(report.flags.iter().map(|flag| format!("LOOK AT     {}", flag.message)));
        lines
    }
}
