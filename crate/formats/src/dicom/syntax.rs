//! Transfer syntaxes: how a data set and its frames are written (PS3.5 section 10, annex A).

use dicom_encoding::{TransferSyntaxIndex, transfer_syntax::Endianness};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use hounsfield_codecs::Codec;

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coding {
    /// Is the value representation written?
    pub(crate) explicit: bool,
    pub(crate) big_endian: bool,
}

impl Coding {
    pub(crate) const IMPLICIT_LE: Self = Self { explicit: false, big_endian: false };
    pub(crate) const EXPLICIT_LE: Self = Self { explicit: true, big_endian: false };
    pub(crate) const EXPLICIT_BE: Self = Self { explicit: true, big_endian: true };
}

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    /// Sample by sample.
    Native,
    /// `PackBits` (PS3.5 annex G).
    Rle,
    /// A decoder's work.
    Compressed(Codec),
    /// In a way that nobody here decodes.
    Foreign,
}

/// A transfer syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub(crate) coding: Coding,
    pub(crate) deflated: bool,
    pub(crate) frames: Frames,
    /// Does it always lose? (Those that may, like .91, leave that to (0028,2110).)
    pub(crate) lossy: bool,
    /// Are samples big-endian whatever the elements are?
    pub(crate) big_endian_samples: bool,
}

const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
/// Implicit VR little endian with big-endian samples, by old GE scanners.
const GE_PRIVATE: &str = "1.2.840.113619.5.2";

impl Syntax {
    /// Of a Transfer Syntax UID; `None` for one that is not in the registry.
    pub(crate) fn of(uid: &str) -> Option<Self> {
        if uid == GE_PRIVATE {
            return Some(Self { big_endian_samples: true, ..Self::plain(Coding::IMPLICIT_LE) });
        }
        let (encapsulated, big_endian) = match TransferSyntaxRegistry.get(uid) {
            Some(known) => {
                (known.is_encapsulated_pixel_data(), known.endianness() == Endianness::Big)
            }
            // Retired JPEG processes are not in the registry.
            None if uid.starts_with("1.2.840.10008.1.2.4.") => (true, false),
            None => return None,
        };
        // Everything but the default is explicit (PS3.5 section 10).
        let explicit = uid != "1.2.840.10008.1.2";
        Some(Self {
            deflated: uid == DEFLATED,
            frames: frames(uid, encapsulated),
            lossy: lossy(uid),
            ..Self::plain(Coding { explicit, big_endian })
        })
    }

    /// Uncompressed, written in this way.
    pub(crate) fn plain(coding: Coding) -> Self {
        Self {
            coding,
            deflated: false,
            frames: Frames::Native,
            lossy: false,
            big_endian_samples: coding.big_endian,
        }
    }

    /// What people call it: "JPEG 2000 Image Compression (Lossless Only)".
    pub(crate) fn name(uid: &str) -> String {
        TransferSyntaxRegistry.get(uid).map_or_else(
            || format!("the transfer syntax {uid}"),
            |syntax| format!("{} ({uid})", syntax.name()),
        )
    }
}

fn frames(uid: &str, encapsulated: bool) -> Frames {
    let Some(of_family) = uid.strip_prefix("1.2.840.10008.1.2.") else {
        return if encapsulated { Frames::Foreign } else { Frames::Native };
    };
    match of_family {
        "5" => Frames::Rle,
        // The retired processes (.52 to .66) are JPEG, too; the decoder says which it has.
        "4.50" | "4.51" | "4.52" | "4.53" | "4.54" | "4.55" | "4.56" | "4.57" | "4.58" | "4.59"
        | "4.60" | "4.61" | "4.62" | "4.63" | "4.64" | "4.65" | "4.66" | "4.70" => {
            Frames::Compressed(Codec::Jpeg)
        }
        "4.80" | "4.81" => Frames::Compressed(Codec::JpegLs),
        "4.90" | "4.91" => Frames::Compressed(Codec::Jpeg2000),
        "4.201" | "4.202" | "4.203" => Frames::Compressed(Codec::Htj2k),
        _ if encapsulated => Frames::Foreign,
        _ => Frames::Native,
    }
}

fn lossy(uid: &str) -> bool {
    let jpeg = uid.strip_prefix("1.2.840.10008.1.2.4.").and_then(|n| n.parse::<u32>().ok());
    jpeg.is_some_and(|n| matches!(n, 50..=56 | 59..=64 | 81 | 100..=108))
}
