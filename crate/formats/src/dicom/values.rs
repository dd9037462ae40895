//! What the numbers of a series are: units, rescale, padding, and how they will be held.

use hounsfield::{
    Facts, Note,
    facts::{Rescale, Units},
    info::HeldAs,
};

use super::{header::Header, series::Piece};

/// Voxels of a CT that no slice covers: padding, below any Hounsfield unit.
const CT_FILL: i16 = -2048;
/// How many slices without a rescale are named.
const NAMED: usize = 5;
/// Values below this are padding everywhere in this program.
const LOWEST_HU: f64 = -1024.0;

/// What the numbers are, in facts and in notes.
pub(super) fn describe(header: &Header, slices: &[Piece]) -> (Facts, Vec<Note>) {
    let mut notes = Vec::new();
    let ct = header.modality == "CT";
    let without = slices.iter().filter(|s| has_none(s)).count();
    let other = slices.iter().filter(|s| s.other_units).count();
    let units = match other {
        0 if without == slices.len() => Units::Stored,
        0 if ct => Units::Hu,
        _ => Units::Other,
    };
    // Other modalities never promised Hounsfield units.
    if ct && units == Units::Other {
        let all = slices.len();
        notes.push(Note::new(
            "other_units",
            format!("{other} of {all} slices say that their values are not in Hounsfield units."),
        ));
    } else if ct && units == Units::Stored {
        notes.push(Note::new(
            "no_rescale",
            "No slice has a rescale slope and intercept: values are as they were stored, likely not in Hounsfield units.",
        ));
    }
    let rescale = rescale(slices, without);
    if without > 0 && without < slices.len() {
        let names = slices.iter().filter(|s| has_none(s)).take(NAMED).map(|s| s.name.as_str());
        let names: Vec<&str> = names.collect();
        let (verb, its) = if without == 1 { ("lacks", "its") } else { ("lack", "their") };
        notes.push(Note::new(
            "rescale_missing",
            format!(
                "{without} of {} slices {verb} a rescale slope and intercept while the others have them: {its} values stay as they were stored, off by what the others' rescale does (“{}”{}).",
                slices.len(),
                names.join("”, “"),
                if without > NAMED { ", …" } else { "" }
            ),
        ));
    }
    let alone = slices.iter().filter(|s| s.slope.is_none() && s.intercept.is_some()).count();
    if ct && alone > 0 {
        notes.push(Note::new(
            "no_slope",
            format!(
                "{alone} of {} slices have a rescale intercept but no usable slope; 1 is taken.",
                slices.len()
            ),
        ));
    }
    if let Some(rescale) = rescale.filter(|r| ct && vary(r)) {
        let ([s0, s1], [i0, i1]) = (rescale.slope, rescale.intercept);
        notes.push(Note::new(
            "rescale_differs",
            format!("Slices differ in rescale (slope {s0} to {s1}, intercept {i0} to {i1}); each is used on its own slice."),
        ));
    }
    if header.cone_beam {
        notes.push(Note::new(
            "cone_beam",
            "A cone-beam scanner made this: its values are no reliable Hounsfield units.",
        ));
    }
    if header.photometric == "MONOCHROME1" {
        notes.push(Note::new(
            "monochrome1",
            "The file asks for low values to be shown bright (MONOCHROME1); values are kept as they are.",
        ));
    }
    if header.lossy {
        notes.push(Note::new(
            "lossy",
            "The pixels were compressed with loss: values are not what was measured.",
        ));
    }
    let padding_hu = padding(header, slices, &mut notes);
    let facts = Facts {
        modality: header.modality.clone(),
        units,
        cone_beam: header.cone_beam,
        rescale,
        padding_hu,
        contrast_agent: header.contrast_agent,
        lossy: header.lossy,
        ..Facts::default()
    };
    (facts, notes)
}

/// Has a slice neither slope nor intercept?
fn has_none(slice: &Piece) -> bool {
    slice.slope.is_none() && slice.intercept.is_none()
}

fn vary(rescale: &Rescale) -> bool {
    rescale.slope[0] < rescale.slope[1] || rescale.intercept[0] < rescale.intercept[1]
}

/// Of those slices that have one; `None` where none has.
fn rescale(slices: &[Piece], missing: usize) -> Option<Rescale> {
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    };
    let with = || slices.iter().filter(|s| !has_none(s));
    let slope = range(&mut with().map(|s| s.slope.unwrap_or(1.0)));
    let intercept = range(&mut with().map(|s| s.intercept.unwrap_or(0.0)));
    let rescale = Rescale { slope, intercept, differs: false, missing };
    (missing < slices.len()).then(|| Rescale { differs: missing > 0 || vary(&rescale), ..rescale })
}

/// The padding value of the first slice, rescaled as any other value.
fn padding(header: &Header, slices: &[Piece], notes: &mut Vec<Note>) -> Option<f64> {
    let [value, limit] = header.padding?.map(f64::from);
    let first = slices.first()?;
    let hu = |stored: f64| stored * first.slope.unwrap_or(1.0) + first.intercept.unwrap_or(0.0);
    let highest = hu(value).max(hu(limit));
    if header.modality == "CT" && highest >= LOWEST_HU {
        notes.push(Note::new(
            "padding_in_range",
            format!("Pixels outside the field of view are {highest} HU, which looks like air or tissue; they are padding only below −1024."),
        ));
    }
    Some(hu(value))
}

/// What voxels are that no slice covers.
pub(super) fn fill(header: &Header) -> i16 {
    if header.modality == "CT" { CT_FILL } else { 0 }
}

/// The file's pixel type in words: "int16", "uint16 (12 bits)", "rgb8".
pub(super) fn stored_type(header: &Header) -> String {
    let Some(shape) = header.shape else { return String::new() };
    if shape.samples_per_pixel > 1 {
        return format!("rgb{}", shape.bits_allocated);
    }
    if header.float {
        return format!("float{}", shape.bits_allocated);
    }
    let sign = if shape.signed { "int" } else { "uint" };
    let bits = shape.bits_allocated;
    if shape.bits_stored < bits {
        format!("{sign}{bits} ({} bits)", shape.bits_stored)
    } else {
        format!("{sign}{bits}")
    }
}

/// A forecast: two bytes a voxel where values come out whole and, most likely, within `i16`. A
/// slice that does not fit widens the volume then.
pub(super) fn held_as(header: &Header, slices: &[Piece]) -> HeldAs {
    let Some(shape) = header.shape.filter(|_| !header.float) else { return HeldAs::F32 };
    let fits = slices.iter().all(|s| {
        let (slope, intercept) = (s.slope.unwrap_or(1.0), s.intercept.unwrap_or(0.0));
        let whole = slope.fract() == 0.0 && intercept.fract() == 0.0;
        // Sixteen unsigned bits seldom use the upper half: a CT in them does not.
        let bits =
            i32::from(shape.bits_stored) - i32::from(shape.signed || shape.bits_stored == 16);
        let highest = 2f64.powi(bits) * slope.abs();
        whole && highest <= 32768.0 && intercept.abs() <= 32768.0
    });
    if fits { HeldAs::I16 } else { HeldAs::F32 }
}

#[cfg(test)]
mod tests {
    use hounsfield_codecs::Shape;

    use super::*;

    fn header(bits_stored: u16, signed: bool) -> Header {
        Header {
            modality: "CT".into(),
            shape: Some(Shape {
                columns: 4,
                rows: 3,
                samples_per_pixel: 1,
                bits_allocated: 16,
                bits_stored,
                signed,
            }),
            ..Header::default()
        }
    }

    fn slice(slope: f64, intercept: f64) -> Piece {
        Piece { slope: Some(slope), intercept: Some(intercept), ..Piece::default() }
    }

    fn codes(notes: &[Note]) -> Vec<&str> {
        notes.iter().map(|n| n.code.as_ref()).collect()
    }

    #[test]
    fn forecasts() {
        let held = |bits, signed, slope, intercept| {
            held_as(&header(bits, signed), &[slice(slope, intercept)])
        };
        assert_eq!(held(12, false, 1.0, -1024.0), HeldAs::I16);
        assert_eq!(held(16, true, 1.0, -1024.0), HeldAs::I16);
        assert_eq!(held(16, false, 1.0, -1024.0), HeldAs::I16);
        assert_eq!(held(16, true, 2.0, 0.0), HeldAs::F32);
        assert_eq!(held(12, false, 2.0, 0.0), HeldAs::I16);
        assert_eq!(held(12, false, 0.5, 0.0), HeldAs::F32);
        assert_eq!(held(12, false, 1.0, -1023.5), HeldAs::F32);
        assert_eq!(stored_type(&header(12, false)), "uint16 (12 bits)");
        assert_eq!(stored_type(&header(16, true)), "int16");
    }

    #[test]
    fn each_oddity_is_said_aloud() {
        let mut odd = header(12, false);
        odd.cone_beam = true;
        odd.lossy = true;
        odd.photometric = "MONOCHROME1".into();
        odd.padding = Some([0, 0]);
        let slices = [slice(1.0, -1024.0), slice(1.5, -1000.0)];
        let (facts, notes) = describe(&odd, &slices);
        assert_eq!(
            codes(&notes),
            ["rescale_differs", "cone_beam", "monochrome1", "lossy", "padding_in_range"]
        );
        assert_eq!(facts.units, Units::Hu);
        let rescale = facts.rescale.unwrap();
        assert_eq!((rescale.slope, rescale.intercept), ([1.0, 1.5], [-1024.0, -1000.0]));
        assert_eq!(facts.padding_hu, Some(-1024.0));

        odd.padding = Some([-2000, -2000]);
        let (facts, notes) = describe(&odd, &slices);
        assert_eq!(facts.padding_hu, Some(-3024.0));
        assert!(!codes(&notes).contains(&"padding_in_range"));
    }

    #[test]
    fn without_a_rescale_there_are_no_hounsfield_units() {
        let plain = header(16, true);
        let (facts, notes) = describe(&plain, &[Piece::default()]);
        assert_eq!((facts.units, facts.rescale), (Units::Stored, None));
        assert_eq!(codes(&notes), ["no_rescale"]);
        let (facts, notes) = describe(&plain, &[Piece { other_units: true, ..slice(1.0, 0.0) }]);
        assert_eq!((facts.units, codes(&notes)), (Units::Other, vec!["other_units"]));
    }

    #[test]
    fn a_slice_without_a_rescale_among_others_is_told_by_itself() {
        let plain = header(16, true);
        let slices = [slice(1.0, -1024.0), Piece::default(), slice(1.0, -1024.0)];
        let (facts, notes) = describe(&plain, &slices);
        assert_eq!((facts.units, codes(&notes)), (Units::Hu, vec!["rescale_missing"]));
        assert!(notes[0].message.starts_with("1 of 3 slices lacks"), "{notes:?}");
        let rescale = facts.rescale.unwrap();
        assert_eq!((rescale.missing, rescale.differs), (1, true));
        assert_eq!((rescale.slope, rescale.intercept), ([1.0; 2], [-1024.0; 2]));
    }

    #[test]
    fn an_intercept_alone_is_a_rescale() {
        let alone = Piece { intercept: Some(-1024.0), ..Piece::default() };
        let (facts, notes) = describe(&header(16, true), &[alone]);
        assert_eq!((facts.units, codes(&notes)), (Units::Hu, vec!["no_slope"]));
        let rescale = facts.rescale.unwrap();
        assert_eq!((rescale.slope, rescale.intercept), ([1.0; 2], [-1024.0; 2]));
        assert_eq!((rescale.missing, rescale.differs), (0, false));
    }
}
