//! Bytes from a plain or a gzipped file, told apart by their first two bytes and not by a name.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;

/// Compressed bytes asked for at a time.
const INPUT_BYTES: usize = 128 * 1024;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

type Input<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

/// A reader that inflates on the way when it has to.
///
/// `flate2`'s own `MultiGzDecoder` reports bytes behind the last member as a damaged stream. Such
/// tails (tape padding, a downloader's newline) are harmless, and every other tool ignores them,
/// so members are followed here and a tail is only remembered.
pub(super) struct Source<R: Read> {
    state: State<R>,
    tail: bool,
    cut: bool,
    gzipped: bool,
}

enum State<R: Read> {
    Plain(Input<R>),
    Gzip(Box<GzDecoder<Input<R>>>),
    Ended,
}

impl<R: Read> Source<R> {
    pub(super) fn open(mut reader: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(GZIP_MAGIC.len());
        reader.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut start)?;
        let gzipped = start == GZIP_MAGIC;
        let input = BufReader::with_capacity(INPUT_BYTES, Cursor::new(start).chain(reader));
        let state = if gzipped {
            State::Gzip(Box::new(GzDecoder::new(input)))
        } else {
            State::Plain(input)
        };
        Ok(Self { state, tail: false, cut: false, gzipped })
    }

    /// Are the bytes inflated on the way?
    pub(super) fn gzipped(&self) -> bool {
        self.gzipped
    }

    /// Did something that is not gzip follow the gzip stream?
    pub(super) fn has_tail(&self) -> bool {
        self.tail
    }

    /// Did the gzip stream end before its own end?
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Fills `out` as far as the source goes; the number of bytes read.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(rest) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A cut-off gzip stream: for the caller it is simply shorter than promised.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.cut = true;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Passes over `count` bytes; how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut waste = [0; 4096];
        let mut skipped = 0;
        while skipped < count {
            let wanted = waste.len().min(usize::try_from(count - skipped).unwrap_or(usize::MAX));
            let n = self.fill(waste.get_mut(..wanted).unwrap_or(&mut []))?;
            skipped += n as u64;
            if n < wanted {
                break;
            }
        }
        Ok(skipped)
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.state {
                State::Plain(input) => return input.read(out),
                State::Ended => return Ok(0),
                State::Gzip(decoder) => {
                    let n = decoder.read(out)?;
                    if n > 0 || out.is_empty() {
                        return Ok(n);
                    }
                }
            }
            // The member is over and its checksum was right. Another one may follow.
            if let State::Gzip(decoder) = std::mem::replace(&mut self.state, State::Ended) {
                let mut input = decoder.into_inner();
                match input.fill_buf()?.first() {
                    Some(first) if *first == GZIP_MAGIC[0] => {
                        self.state = State::Gzip(Box::new(GzDecoder::new(input)))
                    }
                    Some(_) => self.tail = true,
                    None => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn all(bytes: &[u8]) -> io::Result<(Vec<u8>, bool)> {
        let mut source = Source::open(bytes)?;
        let mut out = vec![0; 1000];
        let n = source.fill(&mut out)?;
        out.truncate(n);
        Ok((out, source.has_tail()))
    }

    #[test]
    fn plain_and_gzipped_and_in_two_members() {
        assert_eq!(all(b"plain").unwrap(), (b"plain".to_vec(), false));
        assert_eq!(all(b"").unwrap(), (vec![], false));
        assert_eq!(all(&gz(b"zipped")).unwrap(), (b"zipped".to_vec(), false));
        let two = [gz(b"zip"), gz(b""), gz(b"ped")].concat();
        assert_eq!(all(&two).unwrap(), (b"zipped".to_vec(), false));
    }

    #[test]
    fn a_tail_is_remembered_and_no_error() {
        let tailed = [gz(b"zipped"), vec![0; 9]].concat();
        assert_eq!(all(&tailed).unwrap(), (b"zipped".to_vec(), true));
    }

    #[test]
    fn a_cut_stream_is_short_and_a_wrong_checksum_an_error() {
        let whole = gz(b"zipped");
        assert!(all(&whole[..whole.len() - 9]).unwrap().0.len() <= 6);
        let mut wrong = whole.clone();
        let n = wrong.len();
        wrong[n - 8] ^= 1;
        assert!(all(&wrong).is_err());
    }
}
