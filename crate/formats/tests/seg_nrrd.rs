//! A mask as `.seg.nrrd`: our own reader reads it back. 3D Slicer's words are in the header.

#![allow(clippy::unwrap_used, reason = "a test may")]

use hounsfield::{Voxels, facts::Placement, grid::Affine};
use hounsfield_formats::{
    nrrd::SegNrrdWriter,
    plan::Options,
    segment::{Anatomy, Segment},
};

mod common;
use common::files;

/// Oblique, and not in LPS.
const RAS_FROM_FILE: Affine =
    [[0.6, 0.0, -0.8, 10.5], [0.0, 1.5, 0.0, -20.25], [0.8, 0.0, 0.6, 1e-3]];

fn bones() -> Segment {
    Segment { name: "Ribs\nleft".into(), anatomy: Anatomy::Bone }
}

fn header_of(file: &[u8]) -> String {
    let end = file.windows(2).position(|two| two == b"\n\n").unwrap();
    String::from_utf8(file[..end + 1].to_vec()).unwrap()
}

#[test]
fn what_is_written_is_read_back_where_it_was() {
    let mut writer =
        SegNrrdWriter::new([3, 2, 4], &RAS_FROM_FILE, &[bones()], "fail: it is\nMR").unwrap();
    writer.put(1, &[0, 1, 0, 0, 255, 7]).unwrap();
    // Slice 2 is left out.
    writer.put(3, &[0; 6]).unwrap();
    let file = writer.finish().unwrap();
    let (plan, volume) =
        common::open(&files(&[("m.seg.nrrd", &file)]), &Options::default()).unwrap();
    for (found, expected) in
        plan.ras_from_file.as_flattened().iter().zip(RAS_FROM_FILE.as_flattened())
    {
        assert!((found - expected).abs() < 1e-12, "{:?}", plan.ras_from_file);
    }
    assert_eq!(plan.info.facts.placement, Placement::Stated);
    let Voxels::I16(voxels) = volume.voxels() else { return };
    assert_eq!(voxels.iter().map(|value| i32::from(*value)).sum::<i32>(), 3);
    let header = header_of(&file);
    for line in [
        "type: unsigned char",
        "sizes: 3 2 4",
        "space: left-posterior-superior",
        "Segment0_Name:=Ribs left",
        "Segment0_LabelValue:=1",
        "Segment0_Layer:=0",
        "Segment0_Extent:=1 2 0 1 1 1",
        "Segment0_Color:=0.945098 0.839216 0.568627",
        "Segmentation_MasterRepresentation:=Binary labelmap",
        "Segmentation_ReferenceImageExtentOffset:=0 0 0",
        "Hounsfield_CTCheck:=fail: it is MR",
    ] {
        assert!(header.lines().any(|found| found == line), "{line} is not in\n{header}");
    }
    assert!(header.contains("SCT^272673000^Bone"), "{header}");
    assert!(header.lines().all(|line| !line.contains("-0,") && !line.contains("-0)")));
}

#[test]
fn several_segments_share_one_layer() {
    let segment = |anatomy| Segment { name: String::new(), anatomy };
    let segments = [Anatomy::LeftLung, Anatomy::RightLung, Anatomy::Airway].map(segment);
    let mut writer = SegNrrdWriter::new([3, 2, 2], &RAS_FROM_FILE, &segments, "").unwrap();
    writer.put(1, &[0, 2, 2, 0, 1, 0]).unwrap();
    let file = writer.finish().unwrap();
    let header = header_of(&file);
    for line in [
        "Segment0_Name:=Left lung",
        "Segment0_LabelValue:=1",
        "Segment0_Extent:=1 1 1 1 1 1",
        "Segment1_ID:=Segment_2",
        "Segment1_LabelValue:=2",
        "Segment1_Layer:=0",
        "Segment1_Extent:=1 2 0 0 1 1",
        "Segment1_Color:=0.227451 0.525490 0.784314",
        "Segment2_LabelValue:=3",
        "Segment2_Extent:=0 -1 0 -1 0 -1",
    ] {
        assert!(header.lines().any(|found| found == line), "{line} is not in\n{header}");
    }
    let (_, volume) = common::open(&files(&[("m", &file)]), &Options::default()).unwrap();
    let Voxels::I16(voxels) = volume.voxels() else { return };
    let mut found = voxels.clone();
    found.sort_unstable();
    assert_eq!(found, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2]);
    let mut writer = SegNrrdWriter::new([3, 2, 2], &RAS_FROM_FILE, &segments, "").unwrap();
    assert!(writer.put(0, &[4; 6]).unwrap_err().to_string().contains('4'));
}

#[test]
fn an_empty_mask_has_an_empty_extent_and_nothing_is_said_of_a_check_that_passed() {
    let writer = SegNrrdWriter::new([3, 2, 4], &RAS_FROM_FILE, &[bones()], "").unwrap();
    let file = writer.finish().unwrap();
    let header = header_of(&file);
    assert!(header.contains("Segment0_Extent:=0 -1 0 -1 0 -1\n"));
    assert!(!header.contains("CTCheck"));
    let (_, volume) = common::open(&files(&[("m", &file)]), &Options::default()).unwrap();
    assert_eq!(*volume.voxels(), Voxels::I16(vec![0; 24]));
}

#[test]
fn slices_out_of_turn_or_of_another_size_are_refused() {
    let mut writer = SegNrrdWriter::new([3, 2, 4], &RAS_FROM_FILE, &[bones()], "").unwrap();
    assert!(writer.put(0, &[0; 5]).is_err());
    writer.put(2, &[1; 6]).unwrap();
    assert!(writer.put(2, &[1; 6]).is_err());
    assert!(writer.put(4, &[1; 6]).is_err());
    assert!(SegNrrdWriter::new([3, 0, 4], &RAS_FROM_FILE, &[bones()], "").is_err());
}
