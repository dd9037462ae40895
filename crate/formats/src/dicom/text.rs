//! Text in a declared character set (PS3.5 section 6.1).

use dicom_encoding::text::{SpecificCharacterSet, TextCodec as _};

use super::value;

/// Characters of a description that are kept.
const LENGTH_MAX: usize = 256;

/// Decodes text as Specific Character Set (0008,0005) says; what cannot be decoded shows as �.
pub(crate) fn decode(bytes: &[u8], charset: &str) -> String {
    let ascii = bytes.is_ascii();
    let declared = charset.split('\\').map(str::trim).find(|code| !code.is_empty());
    let codec = declared.and_then(SpecificCharacterSet::from_code).filter(|_| !ascii);
    let decoded = codec.and_then(|codec| codec.decode(bytes).ok());
    let text = decoded.map_or_else(|| value::text(bytes), |text| value::text(text.as_bytes()));
    text.chars().filter(|c| !c.is_control()).take(LENGTH_MAX).collect()
}
