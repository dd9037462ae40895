//! Any bytes: a header and frames or an error, in bounded time and memory; a frame has as many
//! values as its header says, and what is listed crosses as JSON.

#![no_main]

use hounsfield::{Error, Slice};
use hounsfield_codecs::{Codec, Shape};
use hounsfield_formats::{dicom, item::Kind, reader::FrameCodec};
use libfuzzer_sys::fuzz_target;

/// Frames as long as they must be, up to a few megabytes.
struct Blank;

impl FrameCodec for Blank {
    fn decode(&self, _: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error> {
        let bytes =
            u64::from(shape.columns) * u64::from(shape.rows) * u64::from(shape.bits_allocated / 8);
        if bytes > 4_000_000 {
            return Err(Error::Damaged { what: "a frame".into(), reason: "too large".into() });
        }
        Ok(vec![frame.len() as u8; bytes as usize])
    }
}

fuzz_target!(|input: &[u8]| {
    let kind = dicom::kind(&input);
    let header = dicom::inspect(&input);
    let Some(Kind::Dicom(listed)) = kind else {
        assert!(header.is_err());
        return;
    };
    let json = serde_json::to_string(&listed).unwrap();
    let _: dicom::header::Header = serde_json::from_str(&json).unwrap();
    let Ok(header) = header else { panic!("listed, but not to be inspected") };
    assert_eq!(header, *listed);
    let shape = header.shape.unwrap();
    let count = shape.columns as usize * shape.rows as usize;
    let last = u32::try_from(header.frames.len()).unwrap();
    for index in [0, last / 2, last] {
        match dicom::frame(&input, index, &Blank) {
            Ok(Slice::I16(values)) => assert_eq!(values.len(), count),
            Ok(Slice::F32(values)) => assert_eq!(values.len(), count),
            Err(_) => {}
        }
    }
});
