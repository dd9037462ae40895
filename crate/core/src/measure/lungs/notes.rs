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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mask, Volume, Voxels, measure::lungs::measure_lungs};

    #[test]
    fn contrast_is_said_where_the_check_has_found_it() {
        let item = |id: &str, status| CheckItem {
            id: id.into(),
            title: String::new(),
            status,
            value: String::new(),
            message: String::new(),
        };
        let [passed, likely] = [Status::Pass, Status::Warn].map(|status| item("contrast", status));
        assert_eq!(contrast_note(&[item("hu", Status::Fail), passed]), None);
        assert_eq!(contrast_note(&[likely]).unwrap().code, "contrast");
        assert_eq!(contrast_note(&[]), None);
    }

    #[test]
    fn the_distance_of_slices_is_named() {
        let grid = Grid::from_spacing([2, 1, 1], [0.7, 0.7, 2.5]).unwrap();
        let scan = Volume::new(grid, Voxels::I16(vec![-800; 2])).unwrap();
        let found = measure_lungs(&scan, &Mask::drawn("#."), &Mask::drawn(".#"), &mut ()).unwrap();
        let note = found.notes.iter().find(|note| note.code == "reconstruction").unwrap();
        assert!(note.message.contains("slices are 2.50 mm apart"), "{}", note.message);
    }
}
