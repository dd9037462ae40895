//! Colours by number. Such a TIFF is one that `tiff` does not decode: called grey, it gives the numbers.
//!
//! ```text
//! directory: PhotometricInterpretation = 3 (palette) ─shown as 1 (grey)─▶ tiff ─▶ numbers
//!            ColorMap: all reds, all greens, all blues ──────────────────▶ colours by number
//! ```

use hounsfield::{Error, error::try_with_capacity};
use tiff::{decoder::Decoder, tags::Tag};

use super::source::{Source, damaged};
use crate::{archive::unreadable, bytes::Bytes};

const PALETTE: u16 = 3;
/// So much of a directory is looked through; its entries are in order, and these are among the first.
const MOST_ENTRIES: usize = 256;

/// Chunks of a PNG that are passed before its palette is given up.
const MOST_CHUNKS: usize = 64;

/// Goes to a page, which is read as it is.
///
/// # Errors
/// [`Error::Damaged`].
pub(super) fn seek(tiff: &mut Decoder<Source<'_>>, page: usize) -> Result<(), Error> {
    tiff.inner().get_mut().bytes_mut().other = None;
    tiff.seek_to_image(page).map_err(|e| damaged(&e))
}

/// Are the pixels of the page numbers of colours?
pub(super) fn has_palette(tiff: &mut Decoder<Source<'_>>) -> bool {
    let interpretation = tiff.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation);
    interpretation.ok().flatten() == Some(PALETTE)
}

/// The colours of the page that the decoder is at, by number; `None` where its pixels are no
/// numbers of colours. Where they are, the decoder takes them for grey from here on.
///
/// # Errors
/// [`Error::BadHeader`] for a table that is not as long as the pixels' bits ask for;
/// [`Error::Damaged`].
pub(super) fn colours(
    tiff: &mut Decoder<Source<'_>>,
    page: usize,
) -> Result<Option<Vec<[u8; 3]>>, Error> {
    let Some(colours) = of_tiff(tiff)? else { return Ok(None) };
    let start = tiff.ifd_pointer().map(|start| start.0).unwrap_or_default();
    let shown = tiff.inner().get_mut().bytes_mut();
    shown.other = Some(grey_at(shown, start)?);
    tiff.seek_to_image(page).map_err(|e| damaged(&e))?;
    Ok(Some(colours))
}

/// The colours of the page that the decoder is at, by number.
///
/// # Errors
/// As [`colours`].
pub(super) fn of_tiff(tiff: &mut Decoder<Source<'_>>) -> Result<Option<Vec<[u8; 3]>>, Error> {
    if !has_palette(tiff) {
        return Ok(None);
    }
    let map = tiff.find_tag_unsigned_vec::<u16>(Tag::ColorMap).map_err(|e| damaged(&e))?;
    let map = map.unwrap_or_default();
    let bits = tiff.find_tag_unsigned_vec::<u16>(Tag::BitsPerSample).map_err(|e| damaged(&e))?;
    let bits = bits.and_then(|bits| bits.first().copied()).unwrap_or(1);
    let count = 1usize.checked_shl(bits.into()).unwrap_or(usize::MAX);
    if map.len() != count.saturating_mul(3) {
        return Err(Error::BadHeader {
            field: "ColorMap",
            value: format!("{} numbers", map.len()),
            expected: "a palette has three for each number that a pixel can be",
        });
    }
    // 16 bits a colour, but for programs that write 8.
    let shift = if map.iter().any(|part| *part > 255) { 8 } else { 0 };
    let parts: Vec<u8> = map.iter().map(|part| (part >> shift) as u8).collect();
    let [red, green, blue] = [0, 1, 2].map(|n| parts.get(n * count..).unwrap_or(&[]));
    let colours = red.iter().zip(green).zip(blue).take(count);
    Ok(Some(colours.map(|((red, green), blue)| [*red, *green, *blue]).collect()))
}

/// Where the directory at `start` calls its pixels numbers of colours, and what calls them grey.
fn grey_at(tiff: &dyn Bytes, start: u64) -> Result<(u64, [u8; 2]), Error> {
    let missing = || damaged(&"its directory does not say what its pixels are");
    let mut head = [0; 4];
    tiff.read_at(0, &mut head).map_err(|e| damaged(&e))?;
    let little = head.starts_with(b"II");
    let two = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let big = head.ends_with(&two(43));
    let (count_bytes, entry_bytes, value_at) = if big { (8, 20, 12) } else { (2, 12, 8) };
    let mut entries = [0; 20 * MOST_ENTRIES];
    let first = start.saturating_add(count_bytes);
    let n = tiff.read_at(first, &mut entries).map_err(|e| damaged(&e))?;
    let entries = entries.get(..n).unwrap_or(&[]).chunks_exact(entry_bytes);
    // A number of two bytes: others stand elsewhere in their four or eight.
    let begins = [two(Tag::PhotometricInterpretation.to_u16()), two(3)].concat();
    let wanted = |entry: &[u8]| {
        entry.starts_with(&begins)
            && entry.get(value_at..).is_some_and(|v| v.starts_with(&two(PALETTE)))
    };
    let (n, _) = (0u64..).zip(entries).find(|(_, entry)| wanted(entry)).ok_or_else(missing)?;
    Ok((first + n * entry_bytes as u64 + value_at as u64, two(1)))
}

/// Red, green and blue of each number.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(super) fn painted<T: Copy + Into<usize>>(
    numbers: &[T],
    colours: &[[u8; 3]],
) -> Result<Vec<u8>, Error> {
    let mut pixels = try_with_capacity(numbers.len().saturating_mul(3), "a picture")?;
    let colour = |n: &T| colours.get((*n).into()).copied().unwrap_or_default();
    pixels.extend(numbers.iter().flat_map(colour));
    Ok(pixels)
}

/// Colours by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Palette {
    pub(super) colours: Vec<[u8; 3]>,
    /// The numbers of colours that cannot be seen.
    clear: Vec<usize>,
}

impl Palette {
    /// Of colours of which those at the end may fill a table up.
    pub(super) fn of(mut colours: Vec<[u8; 3]>, clear: Vec<usize>) -> Self {
        let fill = colours.iter().rev().take_while(|colour| **colour == [0; 3]).count();
        // One black at the end can be a colour as others are.
        if fill > 1 {
            colours.truncate(colours.len() - fill);
        }
        Self { colours, clear }
    }

    /// The first colour, if nothing is black or cannot be seen.
    pub(super) fn outside(&self) -> Option<[u8; 3]> {
        let first = self.colours.first().copied();
        first.filter(|_| self.clear.is_empty() && !self.colours.contains(&[0; 3]))
    }

    /// The colours, if their numbers are labels: the first is around them, and the others can be
    /// told apart. Shades of grey are labels by their grey.
    pub(super) fn of_labels(self) -> Vec<[u8; 3]> {
        let [first, others @ ..] = self.colours.as_slice() else { return Vec::new() };
        let around = *first == [0; 3] || self.outside().is_some() || self.clear == [0];
        let mut seen: Vec<_> = others.iter().filter(|colour| **colour != [0; 3]).collect();
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        let distinct = seen.len() == count && !seen.contains(&first);
        let grey = seen.iter().all(|[red, green, blue]| red == green && green == blue);
        let clear = self.clear.iter().all(|n| *n == 0);
        if around && distinct && clear && !grey { self.colours } else { Vec::new() }
    }
}

/// The palette of a PNG of numbers of colours.
///
/// # Errors
/// [`Error::Unreadable`].
pub(super) fn of_png(png: &dyn Bytes) -> Result<Option<Palette>, Error> {
    const COLOUR_TYPE: u64 = 25;
    let read = |at: u64, out: &mut [u8]| png.read_at(at, out).map_err(unreadable);
    let mut kind = [0];
    read(COLOUR_TYPE, &mut kind)?;
    let mut at = 8u64;
    let (mut colours, mut clear) = (Vec::new(), Vec::new());
    for _ in 0..if kind == [3] { MOST_CHUNKS } else { 0 } {
        let mut head = [0; 8];
        if read(at, &mut head)? < head.len() {
            break;
        }
        let [l0, l1, l2, l3, name @ ..] = head;
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        let mut body = [0; 768];
        let n = read(at + 8, &mut body)?.min(length as usize);
        let body = body.get(..n).unwrap_or(&[]);
        match &name {
            b"PLTE" => colours = body.as_chunks::<3>().0.to_vec(),
            b"tRNS" => clear = (0..).zip(body).filter(|(_, a)| **a == 0).map(|(n, _)| n).collect(),
            b"IDAT" => break,
            _ => {}
        }
        // Length, name and checksum stand around the body.
        at += 12 + u64::from(length);
    }
    Ok(Some(Palette::of(colours, clear)).filter(|palette| !palette.colours.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: [u8; 3] = [0; 3];
    const GREY: [u8; 3] = [9; 3];
    const RED: [u8; 3] = [255, 0, 0];

    #[test]
    fn black_that_fills_a_table_up_is_no_background() {
        let outside = |colours: &[[u8; 3]]| Palette::of(colours.to_vec(), Vec::new()).outside();
        assert_eq!(outside(&[GREY, RED]), Some(GREY));
        assert_eq!(outside(&[GREY, RED, BLACK, BLACK]), Some(GREY));
        assert_eq!(outside(&[GREY, RED, BLACK]), None);
        assert_eq!(outside(&[BLACK, RED, BLACK, BLACK]), None);
        assert_eq!(outside(&[BLACK; 4]), None);
        assert_eq!(outside(&[]), None);
    }

    #[test]
    fn numbers_of_colours_are_labels_where_they_say_so() {
        let is = |colours: &[[u8; 3]], clear: &[usize]| {
            let found = Palette::of(colours.to_vec(), clear.to_vec()).of_labels();
            assert!(found.is_empty() || found == colours);
            !found.is_empty()
        };
        assert!(is(&[BLACK, RED, GREY], &[]));
        assert!(is(&[BLACK, RED, BLACK, GREY], &[]));
        assert!(is(&[GREY, RED], &[]));
        assert!(is(&[GREY, RED, BLACK], &[0]));
        // Black, or what cannot be seen, is elsewhere.
        assert!(!is(&[RED, BLACK], &[]));
        assert!(!is(&[BLACK, RED, GREY], &[2]));
        // One colour twice; greys; nothing.
        assert!(!is(&[BLACK, RED, RED], &[]));
        assert!(!is(&[RED, GREY, RED], &[0]));
        assert!(!is(&[BLACK, GREY, [1; 3]], &[]));
        assert!(!is(&[BLACK], &[]) && !is(&[], &[]));
    }
}
