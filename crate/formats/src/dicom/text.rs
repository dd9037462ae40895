//! Text in a declared character set (PS3.5 section 6.1).
//!
//! Natively `encoding_rs` decodes. Browsers and Node can do that by themselves, so there whoever has
//! hold of their decoder brings it: tables of characters would be a third of the wasm.

use std::sync::OnceLock;

use super::value::{self, ESCAPE};

/// Decodes bytes in an encoding that is named as in the Encoding Standard; `None` where that cannot
/// be done.
pub type DecodeText = fn(label: &str, bytes: &[u8]) -> Option<String>;

static DECODE: OnceLock<DecodeText> = OnceLock::new();

/// Characters of a description that are kept.
const LENGTH_MAX: usize = 256;
/// What announces Korean and simplified Chinese; they need no announcement here.
const ANNOUNCEMENTS: [&str; 2] = ["\u{1b}$)C", "\u{1b}$)A"];

/// Has text decoded by `decode` from now on; the first that is brought stays.
pub fn decode_text_with(decode: DecodeText) {
    let _ = DECODE.set(decode);
}

#[cfg(not(target_arch = "wasm32"))]
fn own(label: &str, bytes: &[u8]) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

#[cfg(target_arch = "wasm32")]
fn own(_: &str, _: &[u8]) -> Option<String> {
    None
}

/// Decodes text as Specific Character Set (0008,0005) says; what cannot be decoded shows as �.
pub(crate) fn decode(bytes: &[u8], charset: &str) -> String {
    let bytes = value::line(bytes);
    let plain = bytes.is_ascii() && !bytes.contains(&ESCAPE);
    let declared = charset.split('\\').map(str::trim).find(|code| !code.is_empty());
    let label = declared.and_then(encoding).filter(|_| !plain);
    let decode = DECODE.get().unwrap_or(&(own as DecodeText));
    let text = match label.and_then(|label| decode(label, bytes)) {
        Some(text) => {
            let bare = ANNOUNCEMENTS.iter().fold(text, |text, a| text.replace(a, ""));
            value::text(bare.as_bytes())
        }
        None => value::text(bytes),
    };
    text.chars().filter(|c| !c.is_control()).take(LENGTH_MAX).collect()
}

/// The Encoding Standard's label for a defined term (PS3.3 C.12.1.1.2). Its sets differ from ISO's
/// by having letters where ISO has control characters.
fn encoding(term: &str) -> Option<&'static str> {
    let registered = ["ISO_IR", "ISO 2022 IR"].iter().find_map(|start| term.strip_prefix(start));
    Some(match registered.map_or(term, |number| number.trim_start_matches([' ', '_'])) {
        "13" => "shift_jis",
        "58" | "GBK" | "GB2312" => "gbk",
        "87" => "iso-2022-jp",
        "100" => "windows-1252",
        "101" => "iso-8859-2",
        "109" => "iso-8859-3",
        "110" => "iso-8859-4",
        "126" => "iso-8859-7",
        "127" => "iso-8859-6",
        "138" => "iso-8859-8",
        "144" => "iso-8859-5",
        "148" => "windows-1254",
        "149" => "euc-kr",
        "166" => "windows-874",
        "192" => "utf-8",
        "203" => "iso-8859-15",
        "GB18030" => "gb18030",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_every_script() {
        for (charset, bytes, expected) in [
            ("ISO_IR 100", b"Sch\xe4del".as_slice(), "Schädel"),
            ("ISO 2022 IR 101", b"P\xb3uca", "Płuca"),
            ("ISO_IR 144", b"\xbb\xd5\xd3\xda\xd8\xd5", "Легкие"),
            ("ISO_IR 126", b"\xd0\xed\xe5\xfd", "Πνεύ"),
            // The examples of PS3.5 annexes H, I, J and K.
            ("\\ISO 2022 IR 87", b"\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "山田^太郎"),
            ("ISO_IR 13", b"\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ"),
            ("\\ISO 2022 IR 149", b"\x1b$)C\xb1\xe8\xc8\xf1\xc1\xdf", "김희중"),
            ("\\ISO 2022 IR 58", b"\x1b$)A\xcd\xf5", "王"),
            ("GB18030", b"\xcd\xf5^\xd0\xa1\xb6\xab", "王^小东"),
            ("ISO_IR 192", "头部".as_bytes(), "头部"),
            ("ISO_IR 192", b"\xff", "\u{fffd}"),
            ("ISO_IR 99", b"plain", "plain"),
        ] {
            assert_eq!(decode(bytes, charset), expected, "{charset}");
        }
    }
}
