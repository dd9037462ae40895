//! What a picture is, before its pixels are read.

use std::io::Cursor;

use hounsfield::{Error, error::try_vec};
use image::{
    ColorType, ImageDecoder, ImageResult, Limits,
    codecs::{bmp::BmpDecoder, jpeg::JpegDecoder, png::PngDecoder},
};
use tiff::decoder::Decoder;

use super::{
    palette::{self, Palette},
    resolution,
    source::{Source, damaged, source},
};
use crate::{archive::unreadable, bytes::Bytes, item::PictureHeader, sniff::PictureFormat};

/// Pixels of one picture; a decoder allocates what a header says.
pub(super) const MAX_PIXELS: u64 = 1 << 27;
/// Pages of a TIFF that are looked at: as many as a volume may have slices.
const MAX_PAGES: u32 = 65_534;
/// Bytes that the decoders may take for what comes before the pixels.
const MAX_HEADER_BYTES: u64 = 64 << 20;

/// # Errors
/// [`Error::Damaged`] in the decoder's words, [`Error::Unsupported`] for colours that have no
/// brightness, [`Error::BadHeader`] for absurd sizes.
pub(crate) fn header(
    bytes: &dyn Bytes,
    format: PictureFormat,
    memory_bytes: u64,
) -> Result<PictureHeader, Error> {
    let header = if format == PictureFormat::Tiff {
        tiff_header(bytes)?
    } else {
        let decoder = decoder(bytes, format, memory_bytes)?;
        let (width, height) = decoder.dimensions();
        PictureHeader {
            format: name(format).into(),
            size_pixel: [width, height],
            pages: 1,
            stored_type: stored_type(decoder.color_type())?.into(),
            spacing_mm: resolution::of(bytes, format),
            palette: match format {
                PictureFormat::Png => {
                    palette::of_png(bytes)?.map(Palette::of_labels).unwrap_or_default()
                }
                _ => Vec::new(),
            },
        }
    };
    check_size(header.size_pixel)?;
    Ok(header)
}

pub(super) fn check_size(size_pixel: [u32; 2]) -> Result<(), Error> {
    let [width, height] = size_pixel.map(u64::from);
    if width == 0 || height == 0 || width.saturating_mul(height) > MAX_PIXELS {
        return Err(Error::BadHeader {
            field: "size",
            value: format!("{width} × {height} pixels"),
            expected: "1 to 134217728 pixels can be read",
        });
    }
    Ok(())
}

fn name(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Png => "PNG",
        PictureFormat::Jpeg => "JPEG",
        PictureFormat::Bmp => "BMP",
        PictureFormat::Tiff => "TIFF",
    }
}

/// A decoder that has read the header; sizes are checked before it may allocate for pixels.
pub(super) fn decoder<'a>(
    bytes: &'a dyn Bytes,
    format: PictureFormat,
    memory_bytes: u64,
) -> Result<Box<dyn ImageDecoder + 'a>, Error> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(memory_bytes.min(MAX_HEADER_BYTES));
    let boxed: ImageResult<Box<dyn ImageDecoder + 'a>> = match format {
        PictureFormat::Png => {
            PngDecoder::with_limits(source(bytes), limits).map(|png| Box::new(png) as _)
        }
        PictureFormat::Jpeg => {
            // This decoder wants the whole file in memory.
            let needed_bytes = bytes.byte_length();
            if needed_bytes > memory_bytes {
                let (limit_bytes, hint) = (memory_bytes, "");
                return Err(Error::TooLarge { needed_bytes, limit_bytes, hint });
            }
            let mut file = try_vec(0, usize::try_from(needed_bytes).unwrap_or(0), "a picture")?;
            let n = bytes.read_at(0, &mut file).map_err(unreadable)?;
            file.truncate(n);
            JpegDecoder::new(Cursor::new(file)).map(|jpeg| Box::new(jpeg) as _)
        }
        _ => BmpDecoder::new(source(bytes)).map(|bmp| Box::new(bmp) as _),
    };
    boxed.map_err(|error| damaged(&error))
}

fn stored_type(color: ColorType) -> Result<&'static str, Error> {
    Ok(match color {
        ColorType::L8 => "uint8",
        ColorType::La8 => "uint8 with alpha",
        ColorType::Rgb8 => "rgb8",
        ColorType::Rgba8 => "rgba8",
        ColorType::L16 => "uint16",
        ColorType::La16 => "uint16 with alpha",
        ColorType::Rgb16 => "rgb16",
        ColorType::Rgba16 => "rgba16",
        other => {
            return Err(Error::Unsupported {
                what: format!("a picture of {other:?} pixels"),
                hint: "save it as 8- or 16-bit grey",
            });
        }
    })
}

fn tiff_header(bytes: &dyn Bytes) -> Result<PictureHeader, Error> {
    let mut tiff = Decoder::new(source(bytes)).map_err(|e| damaged(&e))?;
    let size = tiff.dimensions().map_err(|e| damaged(&e))?;
    let stored_type = tiff_type(&mut tiff)?;
    let spacing_mm = resolution::of_tiff(&mut tiff);
    let mut colours = palette::of_tiff(&mut tiff)?.unwrap_or_default();
    let mut pages = 1;
    // Pages of another size are previews; the stack ends before them.
    while pages < MAX_PAGES && tiff.more_images() {
        let alike = tiff.next_image().is_ok()
            && tiff.dimensions().is_ok_and(|other| other == size)
            && tiff_type(&mut tiff).is_ok_and(|other| other == stored_type);
        if !alike {
            break;
        }
        pages += 1;
        if !colours.is_empty() && palette::of_tiff(&mut tiff)?.as_ref() != Some(&colours) {
            colours.clear();
        }
    }
    Ok(PictureHeader {
        format: "TIFF".into(),
        size_pixel: [size.0, size.1],
        pages,
        stored_type,
        spacing_mm,
        palette: Palette::of(colours, Vec::new()).of_labels(),
    })
}

/// "int16", "rgb8", …; refuses what has no brightness.
pub(super) fn tiff_type(tiff: &mut Decoder<Source<'_>>) -> Result<String, Error> {
    use tiff::{ColorType, tags::Tag};
    if palette::has_palette(tiff) {
        return Ok("rgb8".into());
    }
    let color = tiff.colortype().map_err(|e| damaged(&e))?;
    let tag = |tiff: &mut Decoder<Source<'_>>, tag| {
        tiff.find_tag_unsigned_vec::<u16>(tag).ok().flatten().and_then(|all| all.first().copied())
    };
    let samples = tag(tiff, Tag::SampleFormat).unwrap_or(1);
    let apart = tag(tiff, Tag::PlanarConfiguration) == Some(2);
    let kind = match samples {
        2 => "int",
        3 => "float",
        _ => "uint",
    };
    let refused = |what: String| {
        Err(Error::Unsupported {
            what,
            hint: "save it as 8- or 16-bit grey, not compressed or LZW",
        })
    };
    match color {
        ColorType::Gray(bits) => Ok(format!("{kind}{bits}")),
        ColorType::GrayA(bits) if !apart => Ok(format!("{kind}{bits} with alpha")),
        ColorType::RGB(bits @ (8 | 16)) if !apart && samples == 1 => Ok(format!("rgb{bits}")),
        ColorType::RGBA(bits @ (8 | 16)) if !apart && samples == 1 => Ok(format!("rgba{bits}")),
        other if apart => refused(format!("a TIFF of {other:?} pixels in separate planes")),
        other => refused(format!("a TIFF of {other:?} pixels")),
    }
}
