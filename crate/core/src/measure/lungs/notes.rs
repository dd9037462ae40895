//! The caveats that belong beside the numbers.

use super::LungRow;
use crate::{
    Grid, Note,
    check::{CheckItem, Status},
};

pub(super) fn notes(rows: &[LungRow], grid: &Grid) -> Vec<Note> {
    let Some(both) = rows.first().filter(|row| row.row.voxels > 0) else {
        return vec![Note::new("no_lungs", "There is no voxel of lung to measure.")];
    };
    let mut notes = vec![
        Note::new(
            "lung_weight",
            "Lung weight from CT holds the blood in the vessels: in living pigs it was 111 g (35 %) more than the balance found, and 9 g (4 %) more once they had been bled (Protti et al. 2014, doi 10.1186/s40635-014-0031-0).",
        ),
        Note::new(
            "airways",
            "Trachea and main bronchi are no part of these numbers where the masks leave them out; smaller airways and vessels are.",
        ),
        Note::new(
            "breath",
            "The scan does not say how far the lungs were filled: LAA-950 and Perc15 are meant for full inspiration, LAA-856 for expiration.",
        ),
        Note::new(
            "reconstruction",
            format!(
                "LAA and percentiles shift with slice thickness (slices are {:.2} mm apart here), kernel, dose and scanner: compare only like with like.",
                grid.spacing_mm()[2]
            ),
        ),
    ];
    let padding = both.row.padding_voxels;
    if padding > 0 {
        notes.push(Note::new(
            "padding",
            format!(
                "{padding} voxels of lung are padding (below −1024 HU, or no number): they are in volume and surface, and in no other number."
            ),
        ));
    }
    let empty = rows.iter().skip(1).take(2).find(|row| row.row.voxels == 0);
    if let Some(empty) = empty {
        notes.push(Note::new("one_lung", format!("There is no {}.", empty.row.name)));
    }
    notes
}

/// The caveat for a scan in which contrast is likely; `check` is its CT check.
#[must_use]
pub fn contrast_note(check: &[CheckItem]) -> Option<Note> {
    let likely = |item: &CheckItem| item.id == "contrast" && item.status != Status::Pass;
    check.iter().any(likely).then(|| {
        Note::new(
            "contrast",
            "Contrast in the vessels raises HU: weights come out larger and LAA smaller (in 12 people the share below −900 HU fell from 8.9 to 3.3 %: Clin Radiol 1991, doi 10.1016/s0009-9260(05)80245-4).",
        )
    })
}
