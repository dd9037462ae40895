//! Any headers, as they come from another worker: no panic, and no plan of an absurd size.

#![no_main]

#[allow(dead_code, reason = "nothing is opened here")]
#[path = "../src/whole.rs"]
mod whole;

use hounsfield_codecs::Shape;
use hounsfield_formats::{
    catalogue::Catalogue,
    dicom::header::{Frame, Header},
    item::{Item, Kind, Place},
};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

/// More than a file of the fuzzer's size could pay for.
const MAX_PLANES: usize = 100_000;

fuzz_target!(|input: &[u8]| {
    let Ok(items) = items(&mut Unstructured::new(input)) else { return };
    let catalogue = Catalogue::new(items);
    for id in whole::listed(&catalogue) {
        for options in whole::ways() {
            let Ok(plan) = catalogue.plan(&id, &options) else { continue };
            assert!(plan.planes.len() <= MAX_PLANES, "{} planes", plan.planes.len());
            assert_eq!(plan.planes.len(), plan.file_size[2]);
            assert!(plan.ras_from_file.as_flattened().iter().all(|value| value.is_finite()));
            for part in plan.planes.iter().flat_map(|plane| &plane.parts) {
                assert!((0.0..=1.0).contains(&part.weight), "weight {}", part.weight);
            }
            let json = serde_json::to_string(&plan).unwrap();
            assert!(serde_json::from_str::<hounsfield_formats::plan::Plan>(&json).is_ok());
        }
    }
});

fn items(bytes: &mut Unstructured) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let base = header(bytes)?;
    while !bytes.is_empty() && items.len() < 300 {
        let mut header = if bytes.ratio(1, 8)? { header(bytes)? } else { base.clone() };
        header.sop_instance = bytes.int_in_range(0..=400)?.to_string();
        header.instance_number = bytes.arbitrary()?;
        for frame in &mut header.frames {
            frame.position_lps = Some([number(bytes)?, number(bytes)?, number(bytes)?]);
        }
        let n = items.len();
        items.push(Item {
            place: Place { file: n, entry: None },
            name: n.to_string(),
            bytes: 1000,
            kind: Kind::Dicom(Box::new(header)),
        });
    }
    Ok(items)
}

fn header(bytes: &mut Unstructured) -> Result<Header> {
    let size = |bytes: &mut Unstructured| -> Result<u32> {
        Ok(if bytes.ratio(7, 8)? { bytes.int_in_range(1..=8)? } else { bytes.arbitrary()? })
    };
    let shape = Shape {
        columns: size(bytes)?,
        rows: size(bytes)?,
        samples_per_pixel: *bytes.choose(&[1, 1, 1, 3, 0])?,
        bits_allocated: *bytes.choose(&[16, 16, 8, 32, 1, 0])?,
        bits_stored: *bytes.choose(&[12, 16, 8, 0, 77])?,
        signed: bytes.arbitrary()?,
    };
    let frames = bytes.int_in_range(1..=4)?;
    Ok(Header {
        sop_class: "1.2.840.10008.5.1.4.1.1.2".into(),
        series: bytes.int_in_range(0..=2)?.to_string(),
        frame_of_reference: bytes.int_in_range(0..=1)?.to_string(),
        modality: (*bytes.choose(&["CT", "MR", ""])?).into(),
        acquisition_number: *bytes.choose(&[None, Some(1), Some(2)])?,
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        shape: if bytes.ratio(15, 16)? { Some(shape) } else { None },
        high_bit: bytes.arbitrary()?,
        thickness_mm: some(bytes)?,
        spacing_between_mm: some(bytes)?,
        stated_tilt_deg: some(bytes)?,
        padding: bytes.arbitrary()?,
        frames: (0..frames).map(|_| frame(bytes)).collect::<Result<_>>()?,
        ..Header::default()
    })
}

fn frame(bytes: &mut Unstructured) -> Result<Frame> {
    let orientation_lps = match bytes.int_in_range(0..=3)? {
        0 => None,
        1 => {
            let mut numbers = [0.0; 6];
            for value in &mut numbers {
                *value = number(bytes)?;
            }
            Some(numbers)
        }
        2 => Some([1.0, 0.0, 0.0, 0.0, 0.9, 0.435_89]),
        _ => Some([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
    };
    Ok(Frame {
        position_lps: Some([number(bytes)?, number(bytes)?, number(bytes)?]),
        orientation_lps,
        spacing_mm: if bytes.ratio(7, 8)? { Some([number(bytes)?, number(bytes)?]) } else { None },
        slope: some(bytes)?,
        intercept: some(bytes)?,
        moment: bytes.arbitrary()?,
        ..Frame::default()
    })
}

fn some(bytes: &mut Unstructured) -> Result<Option<f64>> {
    Ok(if bytes.arbitrary()? { Some(number(bytes)?) } else { None })
}

/// Mostly what a scanner says, sometimes anything.
fn number(bytes: &mut Unstructured) -> Result<f64> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => bytes.arbitrary()?,
        1 => *bytes.choose(&[0.0, -0.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, 1e-7, 5e6])?,
        _ => f64::from(bytes.int_in_range(-200i16..=200)?) * 0.25,
    })
}
