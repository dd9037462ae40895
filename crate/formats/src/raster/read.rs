//! Slices of a raster. A compressed stream is inflated slice by slice; the inflated file never exists.

use std::io::{self, BufRead, BufReader, Read};

use flate2::{bufread::GzDecoder, read::ZlibDecoder};
use hounsfield::{Error, Slice, error::try_vec};

use super::{Encoding, Raster, Skip};
use crate::{
    archive::unreadable,
    bytes::Bytes,
    files::Files,
    item::Place,
    number::Number,
    plan::{Part, Plan},
    reader::PlaneReader,
    sniff,
};

/// Read at a time.
const INPUT_BYTES: usize = 128 * 1024;

/// Reads slices of a [`Raster`].
pub(crate) struct RasterReader<'a, B> {
    raster: Raster,
    plan: &'a Plan,
    files: &'a Files<B>,
    stream: Option<Stream<'a>>,
    /// What ended the stream: going through all of it again would end alike.
    failed: Option<(Place, Error)>,
}

/// A data file being read from its first slice on.
struct Stream<'a> {
    place: Place,
    source: Box<dyn Read + 'a>,
    /// The slice that comes next.
    next: u32,
}

impl<'a, B: Bytes> RasterReader<'a, B> {
    pub(crate) fn new(raster: Raster, plan: &'a Plan, files: &'a Files<B>) -> Self {
        Self { raster, plan, files, stream: None, failed: None }
    }

    fn slice_bytes(&self) -> Result<usize, Error> {
        let bytes = self.raster.slice_bytes();
        usize::try_from(bytes).map_err(|_| Error::OutOfMemory { bytes, purpose: "a slice" })
    }

    /// Raw voxels in a file that can be read at any place.
    fn read_at(&self, part: &Part) -> Result<Vec<u8>, Error> {
        let file = self.files.at(&part.place)?;
        let slices = self.raster.slices_per_file()? as u64;
        let start = match (self.raster.skip, self.raster.attached_at) {
            (Skip::UntilEnd, _) => {
                let voxels = self.raster.slice_bytes().saturating_mul(slices);
                file.byte_length().checked_sub(voxels).ok_or(Error::Truncated {
                    needed_bytes: voxels,
                    found_bytes: file.byte_length(),
                })?
            }
            (Skip::Start { bytes, .. }, at) => at.unwrap_or(0).saturating_add(bytes),
        };
        let at =
            start.saturating_add(self.raster.slice_bytes().saturating_mul(u64::from(part.frame)));
        let mut out = try_vec(0, self.slice_bytes()?, "a slice of the file")?;
        let mut filled = 0;
        while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let n = file.read_at(at.saturating_add(filled as u64), rest).map_err(unreadable)?;
            if n == 0 {
                return Err(self.cut(part.frame, filled));
            }
            filled += n;
        }
        Ok(out)
    }

    fn cut(&self, slice: u32, filled: usize) -> Error {
        let slice_bytes = self.raster.slice_bytes();
        Error::Truncated {
            needed_bytes: slice_bytes.saturating_mul(self.raster.file_size[2] as u64),
            found_bytes: slice_bytes.saturating_mul(u64::from(slice)).saturating_add(filled as u64),
        }
    }

    /// Opens a data file and stands before its first voxel.
    fn open(&self, place: &Place) -> Result<Stream<'a>, Error> {
        let attached = self.raster.attached_at.is_some();
        let mut source = unwrapped(self.files.stream(place)?, attached)?;
        pass(&mut source, self.raster.attached_at.unwrap_or(0))?;
        let bytes = match self.raster.skip {
            Skip::Start { lines, bytes } => {
                (0..lines).try_for_each(|_| pass_line(&mut source))?;
                bytes
            }
            Skip::UntilEnd => {
                let file = self.files.at(place)?.byte_length();
                let voxels = self.raster.slice_bytes();
                let voxels = voxels.saturating_mul(self.raster.slices_per_file()? as u64);
                file.saturating_sub(self.raster.attached_at.unwrap_or(0)).saturating_sub(voxels)
            }
        };
        let mut source: Box<dyn Read + 'a> = match self.raster.encoding {
            Encoding::Raw | Encoding::Text => source,
            Encoding::Gzip => Box::new(Members::new(source)),
            Encoding::Zlib => Box::new(ZlibDecoder::new(source)),
        };
        pass(&mut source, bytes)?;
        Ok(Stream { place: place.clone(), source, next: 0 })
    }

    /// The next slices of a stream, up to the wanted one.
    fn read_on(&mut self, part: &Part) -> Result<Vec<u8>, Error> {
        if let Some((place, error)) = &self.failed
            && *place == part.place
        {
            return Err(error.clone());
        }
        let read = self.try_read_on(part);
        if let Err(error) = &read {
            self.failed = Some((part.place.clone(), error.clone()));
        }
        read
    }

    fn try_read_on(&mut self, part: &Part) -> Result<Vec<u8>, Error> {
        let ready = |stream: &Stream<'_>| stream.place == part.place && stream.next <= part.frame;
        let mut stream = match self.stream.take().filter(ready) {
            Some(stream) => stream,
            None => self.open(&part.place)?,
        };
        let mut out = try_vec(0, self.slice_bytes()?, "a slice of the file")?;
        while stream.next <= part.frame {
            let found = match self.raster.encoding {
                Encoding::Text => self.text(&mut *stream.source, &mut out)?,
                _ => fill(&mut *stream.source, &mut out)?,
            };
            if found < out.len() {
                return Err(self.cut(stream.next, found));
            }
            stream.next += 1;
        }
        let last = stream.next as usize == self.raster.slices_per_file()?;
        if last && matches!(self.raster.encoding, Encoding::Gzip | Encoding::Zlib) {
            // Behind the voxels stands the checksum that vouches for them.
            fill(&mut *stream.source, &mut [0])?;
        }
        self.stream = Some(stream);
        Ok(out)
    }

    /// Decimal numbers, as bytes of the header's type.
    fn text(&self, source: &mut dyn Read, out: &mut [u8]) -> Result<usize, Error> {
        let size = self.raster.number.bytes();
        let mut filled = 0;
        for chunk in out.chunks_exact_mut(size) {
            let Some(word) = next_word(source)? else { break };
            let value: f64 = word.parse().map_err(|_| Error::Damaged {
                what: "the text of the voxels".into(),
                reason: format!("{word:?} is not a number"),
            })?;
            let bytes: [u8; 8] = match self.raster.number {
                Number::F64 => value.to_le_bytes(),
                Number::F32 => u64::from((value as f32).to_bits()).to_le_bytes(),
                Number::U64 => (value as u64).to_le_bytes(),
                _ => (value as i64).to_le_bytes(),
            };
            for (out, byte) in chunk.iter_mut().zip(bytes) {
                *out = byte;
            }
            filled += size;
        }
        Ok(filled)
    }
}

impl<B: Bytes> PlaneReader for RasterReader<'_, B> {
    fn plane(&mut self, k: usize) -> Result<Option<Slice>, Error> {
        let Some(part) = self.plan.planes.get(k).and_then(|plane| plane.parts.first()) else {
            return Ok(None);
        };
        let lines = matches!(self.raster.skip, Skip::Start { lines: 1.., .. });
        let anywhere = self.raster.encoding == Encoding::Raw && !self.plan.sequential && !lines;
        let bytes = if anywhere { self.read_at(part)? } else { self.read_on(part)? };
        let big_endian = self.raster.big_endian && self.raster.encoding != Encoding::Text;
        self.raster.number.slice(big_endian, &bytes, self.raster.components).map(Some)
    }
}

/// The bytes of a file, inflated on the way where it is a gzip around a header and its voxels.
fn unwrapped<'a>(
    mut stream: Box<dyn Read + 'a>,
    attached: bool,
) -> Result<Box<dyn Read + 'a>, Error> {
    let mut start = vec![0; if attached { sniff::GZIP.len() } else { 0 }];
    let n = fill(&mut *stream, &mut start)?;
    start.truncate(n);
    let gzip = start == sniff::GZIP;
    let stream = io::Cursor::new(start).chain(stream);
    if gzip {
        return Ok(Box::new(BufReader::new(Members::new(stream))));
    }
    Ok(Box::new(BufReader::with_capacity(INPUT_BYTES, stream)))
}

/// A gzip of one member or several. What follows the last is no error, a wrong checksum is.
struct Members<R: Read>(Option<GzDecoder<BufReader<R>>>);

impl<R: Read> Members<R> {
    fn new(source: R) -> Self {
        Self(Some(GzDecoder::new(BufReader::with_capacity(INPUT_BYTES, source))))
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.0 {
            let n = decoder.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            let Some(mut input) = self.0.take().map(GzDecoder::into_inner) else { break };
            if input.fill_buf()?.first() == sniff::GZIP.first() {
                self.0 = Some(GzDecoder::new(input));
            }
        }
        Ok(0)
    }
}

/// Fills `out` as far as the source goes.
fn fill(source: &mut dyn Read, out: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A stream that was cut is for the caller one that is too short.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(filled)
}

fn pass(source: &mut dyn Read, bytes: u64) -> Result<(), Error> {
    let passed = io::copy(&mut source.take(bytes), &mut io::sink()).map_err(unreadable)?;
    if passed < bytes {
        return Err(Error::Truncated { needed_bytes: bytes, found_bytes: passed });
    }
    Ok(())
}

fn pass_line(source: &mut dyn Read) -> Result<(), Error> {
    let mut byte = [0];
    while fill(source, &mut byte)? == 1 && byte != [b'\n'] {}
    Ok(())
}

/// The next word, bounded; `None` at the end.
fn next_word(source: &mut dyn Read) -> Result<Option<String>, Error> {
    let (mut word, mut byte) = (String::new(), [0]);
    while fill(source, &mut byte)? == 1 && word.len() < 64 {
        match byte {
            [b' ' | b',' | b'\t' | b'\r' | b'\n'] if word.is_empty() => {}
            [b' ' | b',' | b'\t' | b'\r' | b'\n'] => break,
            [letter] => word.push(char::from(letter)),
        }
    }
    Ok(Some(word).filter(|word| !word.is_empty()))
}
