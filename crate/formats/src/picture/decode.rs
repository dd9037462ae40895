//! Pixels into grey values.

use hounsfield::{
    Error, Slice,
    error::{try_vec, try_with_capacity},
};
use image::{ColorType, ImageDecoder};

use super::{
    header,
    labels::Labelled,
    pages::Pages,
    palette,
    source::damaged,
    values::{admit, values},
};
use crate::{
    archive::unreadable,
    bytes::Bytes,
    files::Files,
    inflate, number,
    plan::{Part, Plan},
    reader::PlaneReader,
    sniff::{self, PictureFormat, What},
};

/// No JPEG codes more pixels in a byte: a block of 64 takes a bit for each of two things at least.
const MAX_JPEG_PIXELS_PER_BYTE: u64 = 2048;

/// Reads pictures, one for each slice.
pub(crate) struct PictureReader<'a, B> {
    plan: &'a Plan,
    files: &'a Files<B>,
    /// The last TIFF: the way to its pages is long, and it knows those that it has been to.
    tiff: Option<Pages<'a>>,
}

impl<'a, B: Bytes> PictureReader<'a, B> {
    pub(crate) fn new(plan: &'a Plan, files: &'a Files<B>) -> Self {
        Self { plan, files, tiff: None }
    }

    fn part(&mut self, part: &Part) -> Result<Slice, Error> {
        let [width, height, _] = self.plan.file_size;
        let (found, slice) = self.decode(part)?;
        let found = found.map(|n| n as usize);
        if found != [width, height] {
            return Err(Error::SizeMismatch {
                what: "a picture",
                found: [found[0], found[1], 1],
                expected: [width, height, 1],
            });
        }
        Ok(slice)
    }

    /// Size and values of a picture, or of a page.
    fn decode(&mut self, part: &Part) -> Result<([u32; 2], Slice), Error> {
        let memory_bytes = self.files.memory_bytes();
        let plan = self.plan;
        let labels = plan.labels.map(|coding| Labelled::of(coding, &plan.palette));
        if let Some(tiff) = self.tiff.as_mut().filter(|tiff| tiff.place == part.place) {
            return tiff.page(part.frame, memory_bytes, labels);
        }
        let bytes = self.files.at(&part.place)?;
        let mut start = [0; sniff::START_BYTES];
        let n = bytes.read_at(0, &mut start).map_err(unreadable)?;
        match sniff::what(start.get(..n).unwrap_or(&[])) {
            What::Picture(PictureFormat::Tiff) => {
                let tiff = Pages::of(part.place.clone(), bytes, memory_bytes)?;
                self.tiff.insert(tiff).page(part.frame, memory_bytes, labels)
            }
            What::Picture(format) => picture(&bytes, format, memory_bytes, labels),
            _ => Err(Error::NotAScan { found: "it is no picture".into() }),
        }
    }
}

impl<B: Bytes> PlaneReader for PictureReader<'_, B> {
    fn plane(&mut self, k: usize) -> Result<Option<Slice>, Error> {
        match self.plan.planes.get(k).map(|plane| plane.parts.as_slice()) {
            None | Some([]) => Ok(None),
            Some([part]) => self.part(part).map(Some),
            Some(parts) => {
                let [width, height, _] = self.plan.file_size;
                let mut sum = try_vec(0.0f32, width.saturating_mul(height), "a slice")?;
                for part in parts {
                    match self.part(part)? {
                        Slice::I16(values) => add(&mut sum, values, part.weight),
                        Slice::F32(values) => add(&mut sum, values, part.weight),
                    }
                }
                sum.iter_mut().for_each(|value| *value = value.round());
                number::slice(sum.iter().copied(), |v| v as i16, f64::from).map(Some)
            }
        }
    }
}

fn add<T: Into<f32>>(sum: &mut [f32], values: Vec<T>, weight: f64) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value.into() * weight as f32;
    }
}

fn picture(
    bytes: &dyn Bytes,
    format: PictureFormat,
    memory_bytes: u64,
    mut labels: Option<Labelled<'_>>,
) -> Result<([u32; 2], Slice), Error> {
    if let Some(labels) = labels.as_mut().filter(|_| format == PictureFormat::Png) {
        labels.outside = palette::of_png(bytes)?.and_then(|palette| palette.outside());
    }
    let mut decoder = header::decoder(bytes, format, memory_bytes)?;
    let (width, height) = decoder.dimensions();
    header::check_size([width, height])?;
    let (needed_bytes, there) = (decoder.total_bytes(), bytes.byte_length());
    let possible = match format {
        PictureFormat::Png => {
            // Less than a bit a sample is not possible; eight palette colours take four.
            inflate::is_possible(there, needed_bytes / 32)
        }
        PictureFormat::Jpeg => {
            let pixels = u64::from(width) * u64::from(height);
            pixels <= there.saturating_mul(MAX_JPEG_PIXELS_PER_BYTE)
        }
        _ => true,
    };
    if !possible {
        return Err(Error::Truncated { needed_bytes, found_bytes: there });
    }
    admit(needed_bytes, memory_bytes)?;
    let len = usize::try_from(needed_bytes).unwrap_or(usize::MAX);
    let mut pixels = try_vec(0u8, len, "a picture")?;
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(memory_bytes);
    decoder.set_limits(limits).map_err(|e| damaged(&e))?;
    let color = decoder.color_type();
    decoder.read_image(&mut pixels).map_err(|e| damaged(&e))?;
    let samples = usize::from(color.channel_count());
    let slice =
        if matches!(color, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16)
        {
            let mut wide = try_with_capacity(pixels.len() / 2, "a picture")?;
            wide.extend(pixels.as_chunks::<2>().0.iter().map(|two| u16::from_ne_bytes(*two)));
            drop(pixels);
            values(&wide, samples, true, labels)
        } else {
            values(&pixels, samples, false, labels)
        };
    Ok(([width, height], slice?))
}
