//! What the segments of a `.seg.nrrd` are called.

use hounsfield::Error;

use super::fields::Fields;
use crate::{
    bytes::Bytes,
    files::Files,
    plan::{Plan, ReaderKind},
    raster,
};

/// Longest name, in characters: as long as DICOM's labels.
const NAME_CHARACTERS: usize = 64;

/// The labels that the file behind `plan` has names for, and the names: of a `.seg.nrrd` as 3D
/// Slicer writes it, those of the first layer, which is the one that is read. Empty for any other
/// file.
///
/// # Errors
/// [`Error::Unreadable`] and other failures of reading the header once more.
pub fn label_names<B: Bytes>(files: &Files<B>, plan: &Plan) -> Result<Vec<(i32, String)>, Error> {
    let Some(place) = plan.header.as_ref().filter(|_| plan.reader == ReaderKind::Nrrd) else {
        return Ok(Vec::new());
    };
    Ok(names(&Fields::read(&raster::header_bytes(&*files.at(place)?)?)?))
}

/// `Segment0_Name`, `Segment0_LabelValue`, `Segment0_Layer`, `Segment1_…`
fn names(fields: &Fields) -> Vec<(i32, String)> {
    let named = fields.pairs.iter().filter_map(|(key, name)| {
        let segment = key.strip_suffix("_Name").filter(|segment| segment.starts_with("Segment"))?;
        let of =
            |what: &str| fields.pairs.get(&format!("{segment}_{what}")).map(|text| text.trim());
        if of("Layer").is_some_and(|layer| layer != "0") {
            return None;
        }
        let label = of("LabelValue")?.parse().ok()?;
        let name = name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARACTERS);
        Some((label, name.collect::<String>())).filter(|(_, name)| !name.is_empty())
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_layer_that_is_read() {
        let header = "NRRD0004\ntype: uchar\n\
            Segment0_Name:=Right lung\nSegment0_LabelValue:=7\nSegment0_Layer:=0\n\
            Segment1_Name:= Left\tlung \nSegment1_LabelValue:=2\n\
            Segment2_Name:=Heart\nSegment2_LabelValue:=1\nSegment2_Layer:=1\n\
            Segment3_Name:=\nSegment3_LabelValue:=3\n\
            Segment4_Name:=Nowhere\nSegment5_LabelValue:=5\nPatient_Name:=Doe\n\n";
        let found = names(&Fields::read(header.as_bytes()).unwrap());
        assert_eq!(found, [(7, "Right lung".into()), (2, "Leftlung".into())]);
    }
}
