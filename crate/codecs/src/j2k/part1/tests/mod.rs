//! What a slow encoder makes comes back from the decoder.

mod encoder;

use crate::j2k::part1::block::{Decoder, Piece, Shape, Style};
use crate::j2k::part1::decode;
use crate::j2k::part1::passes::MAX_AREA;
use crate::j2k::part1::size::Area;
use crate::j2k::part1::tables::Band;
use crate::j2k::part1::wavelet::{Bands, Irreversible, Reversible, synthesise};
use encoder::{coefficients, encode};

#[test]
fn blocks_come_back() {
    let mut decoder = Decoder::new();
    let sizes =
        [(1, 1), (5, 3), (16, 4), (17, 9), (33, 64), (64, 64), (4, 130), (130, 6), (1024, 4)];
    for (number, (width, height)) in (0..).zip(sizes) {
        for (band, spread) in [(Band::LL, 12), (Band::HL, 1), (Band::LH, 4), (Band::HH, 18)] {
            for style in [0, 2, 4, 8, 0x20, 0x2E].map(Style) {
                let values = coefficients(width * height, spread, number);
                let (planes, segments) = encode(&values, width, band, style);
                let pieces: Vec<_> = segments
                    .iter()
                    .map(|(passes, data)| Piece { data, passes: *passes, begins: true })
                    .collect();
                let shape = Shape { width, height, band, style, planes };
                decoder.decode(&shape, &pieces).unwrap();
                for (y, row) in values.chunks(width).enumerate() {
                    for (x, &value) in row.iter().enumerate() {
                        let got = decoder.coefficients()[y / 4 * width + x][y % 4];
                        let half = u32::from(value != 0);
                        let sign = u32::from(value < 0) << 31;
                        let wanted = value.unsigned_abs() << 1 | half | sign;
                        assert_eq!(
                            got, wanted,
                            "{width} × {height} {band:?} {style:?} at {x}, {y}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_segment_may_be_cut_into_layers() {
    let values = coefficients(64 * 64, 9, 5);
    let (planes, segments) = encode(&values, 64, Band::LH, Style(0));
    let (passes, data) = &segments[0];
    let shape = Shape { width: 64, height: 64, band: Band::LH, style: Style(0), planes };
    let mut decoder = Decoder::new();
    decoder.decode(&shape, &[Piece { data, passes: *passes, begins: true }]).unwrap();
    let whole = decoder.coefficients().to_vec();
    for at in [0, 1, 3, data.len() / 2, data.len() - 1] {
        let (a, b) = data.split_at(at);
        let pieces = [
            Piece { data: a, passes: 3, begins: true },
            Piece { data: b, passes: passes - 3, begins: false },
        ];
        decoder.decode(&shape, &pieces).unwrap();
        assert_eq!(decoder.coefficients(), whole);
    }
}

#[test]
fn what_is_too_large_is_refused_and_a_cut_block_ends() {
    let mut decoder = Decoder::new();
    let shape = Shape { width: 64, height: 64, band: Band::LL, style: Style(0), planes: 31 };
    assert!(decoder.decode(&shape, &[]).is_err());
    let shape = Shape { planes: 30, width: MAX_AREA + 1, height: 1, ..shape };
    assert!(decoder.decode(&shape, &[]).is_err());
    let shape = Shape { width: 64, height: 64, ..shape };
    decoder.decode(&shape, &[Piece { data: &[0x80], passes: 88, begins: true }]).unwrap();
}

/// Equations F-5 to F-8 forwards, with the mirrored ends written out.
fn forward(row: &[i32], odd: bool) -> (Vec<i32>, Vec<i32>) {
    let last = row.len() as i32 - 1;
    let mut out = row.to_vec();
    let mirrored = |at: i32| {
        (if at < 0 {
            -at
        } else if at > last {
            2 * last - at
        } else {
            at
        }) as usize
    };
    if row.len() == 1 {
        return if odd { (vec![], vec![2 * row[0]]) } else { (row.to_vec(), vec![]) };
    }
    for (high, shift, round) in [(true, 1, 0), (false, 2, 2)] {
        for at in 0..=last {
            if ((at & 1 != 0) != odd) == high {
                let sum = out[mirrored(at - 1)] + out[mirrored(at + 1)];
                out[at as usize] += if high { -(sum >> shift) } else { (sum + round) >> shift };
            }
        }
    }
    let part = |high| {
        (0..=last).filter(|&at| ((at & 1 != 0) != odd) == high).map(|at| out[at as usize]).collect()
    };
    (part(false), part(true))
}

#[test]
fn wavelets_come_back() {
    for (width, height) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (8, 7), (33, 16)] {
        for (left, top) in [(0, 0), (1, 0), (0, 1), (5, 7)] {
            let samples = coefficients(width * height, 12, 3);
            // Columns, then rows.
            let columns: Vec<_> = (0..width)
                .map(|x| {
                    forward(
                        &samples.iter().skip(x).step_by(width).copied().collect::<Vec<_>>(),
                        top & 1 != 0,
                    )
                })
                .collect();
            let rows = |low: bool| {
                let count = if low { columns[0].0.len() } else { columns[0].1.len() };
                let row = |y: usize| {
                    columns.iter().map(|c| if low { c.0[y] } else { c.1[y] }).collect::<Vec<_>>()
                };
                (0..count).map(|y| forward(&row(y), left & 1 != 0)).collect::<Vec<_>>()
            };
            let (low, high) = (rows(true), rows(false));
            let first = |rows: &[(Vec<i32>, Vec<i32>)]| {
                rows.iter().flat_map(|r| r.0.clone()).collect::<Vec<_>>()
            };
            let second = |rows: &[(Vec<i32>, Vec<i32>)]| {
                rows.iter().flat_map(|r| r.1.clone()).collect::<Vec<_>>()
            };
            let bands =
                Bands { ll: first(&low), hl: second(&low), lh: first(&high), hh: second(&high) };
            let area = Area { left, top, right: left + width as u32, bottom: top + height as u32 };
            assert_eq!(synthesise::<Reversible>(bands, &area).unwrap(), samples, "{area:?}");
        }
    }
}

#[test]
fn the_low_pass_of_9_7_keeps_a_level() {
    // The filters of table F.4 have a gain of one at DC: an even LL stays as it is.
    let area = Area { left: 0, top: 0, right: 8, bottom: 8 };
    let zeros = vec![0.0; 16];
    let bands = Bands { ll: vec![100.0; 16], hl: zeros.clone(), lh: zeros.clone(), hh: zeros };
    let samples = synthesise::<Irreversible>(bands, &area).unwrap();
    assert!(samples.iter().all(|sample| (sample - 100.0).abs() < 1e-3), "{samples:?}");
}

/// Where a codestream has what it could have elsewhere.
#[derive(Default, Clone)]
struct Places {
    /// More of the main header, and of the tile's.
    main: Vec<u8>,
    tile: Vec<u8>,
    /// Is the packet's header in the main header (PPM), or in the tile's (PPT)?
    packed: Option<u8>,
}

/// A codestream of one block: no wavelet, one layer.
fn codestream(values: &[i32], width: usize, signed: bool) -> Vec<u8> {
    codestream_with(values, width, signed, &Places::default())
}

fn codestream_with(values: &[i32], width: usize, signed: bool, places: &Places) -> Vec<u8> {
    let height = values.len() / width;
    let (planes, segments) = encode(values, width, Band::LL, Style(0));
    let (passes, data) = segments.first().cloned().unwrap_or_default();
    let mut out = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for value in [width, height, 0, 0, width, height, 0, 0] {
        out.extend((value as u32).to_be_bytes());
    }
    out.extend([0, 1, 11 | u8::from(signed) << 7, 1, 1]);
    // One layer, no levels, blocks of 64 × 64, 5/3; exponent 13, one guard bit.
    out.extend([0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1]);
    out.extend([0xFF, 0x5C, 0, 4, 1 << 5, 13 << 3]);
    // The packet header, bit by bit: something there, included, zero planes, passes, lengths.
    let mut bits = vec![1];
    if passes == 0 {
        bits = vec![0];
    } else {
        bits.push(1);
        bits.extend(vec![0; 13 - planes as usize]);
        bits.push(1);
        let number =
            |value: usize, wide: u32| (0..wide).rev().map(move |bit| (value >> bit & 1) as u8);
        match passes {
            1 => bits.push(0),
            2 => bits.extend([1, 0]),
            3..=5 => bits.extend([1, 1].into_iter().chain(number(passes as usize - 3, 2))),
            _ => bits.extend([1; 4].into_iter().chain(number(passes as usize - 6, 5))),
        }
        // Lblock goes from 3 to 16.
        bits.extend([1; 13].into_iter().chain([0]).chain(number(data.len(), 16 + passes.ilog2())));
    }
    let mut packet = vec![];
    let (mut byte, mut left) = (0, 8);
    for bit in bits {
        left -= 1;
        byte |= bit << left;
        if left == 0 {
            packet.push(byte);
            left = if byte == 0xFF { 7 } else { 8 };
            byte = 0;
        }
    }
    packet.push(byte);
    let (mut main, mut tile) = (places.main.clone(), places.tile.clone());
    let length = packet.len() as u8;
    match places.packed {
        Some(PPM) => {
            main.extend([0xFF, PPM, 0, length + 7, 0, 0, 0, 0, length]);
            main.append(&mut packet);
        }
        Some(marker) => {
            tile.extend([0xFF, marker, 0, length + 3, 0]);
            tile.append(&mut packet);
        }
        None => {}
    }
    packet.extend(data);
    out.extend(main);
    out.extend([0xFF, 0x90, 0, 10, 0, 0]);
    out.extend(((tile.len() + packet.len()) as u32 + 14).to_be_bytes());
    out.extend([0, 1]);
    out.extend(tile);
    out.extend([0xFF, 0x93]);
    out.extend(packet);
    out.extend([0xFF, 0xD9]);
    out
}

#[test]
fn a_whole_stream_comes_back() {
    for (width, height, signed) in [(1, 1, false), (64, 64, true), (31, 17, false)] {
        let values = coefficients(width * height, 11, 9);
        let samples = decode(&codestream(&values, width, signed)).unwrap();
        let offset = if signed { 0 } else { 2048 };
        assert_eq!(samples.len(), values.len());
        assert!(samples.iter().zip(&values).all(|(a, b)| *a == b + offset));
    }
}

/// The second bytes of the markers.
const PPM: u8 = 0x60;
const PPT: u8 = 0x61;

#[test]
fn parameters_may_stand_elsewhere() {
    let values = coefficients(64 * 64, 11, 9);
    let plain = decode(&codestream(&values, 64, true)).unwrap();
    // COD, COC, QCD, QCC with the right numbers, and with wrong ones.
    let cod = |block: u8| vec![0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, block, block, 0, 1];
    let coc = |block: u8| vec![0xFF, 0x53, 0, 9, 0, 0, 0, block, block, 0, 1];
    let qcd = |exponent: u8| vec![0xFF, 0x5C, 0, 4, 1 << 5, exponent << 3];
    let qcc = |exponent: u8| vec![0xFF, 0x5D, 0, 5, 0, 1 << 5, exponent << 3];
    let places = |main: &[Vec<u8>], tile: &[Vec<u8>], packed| Places {
        main: main.concat(),
        tile: tile.concat(),
        packed,
    };
    for (what, places) in [
        ("a component's own goes before", places(&[coc(4), qcc(13), cod(1), qcd(9)], &[], None)),
        (
            "a tile's goes before the main header's",
            places(&[coc(1), qcc(9)], &[cod(4), qcd(13)], None),
        ),
        (
            "a tile's component's goes before all",
            places(&[qcc(9)], &[coc(4), qcc(13), cod(1), qcd(9)], None),
        ),
        ("packet headers in the main header", places(&[], &[], Some(PPM))),
        ("packet headers in the tile's", places(&[], &[], Some(PPT))),
    ] {
        let found = decode(&codestream_with(&values, 64, true, &places));
        assert!(found.as_ref() == Ok(&plain), "{what}: {:?}", found.err());
    }
    // The wrong numbers are seen, where they count.
    for wrong in [places(&[qcd(9)], &[], None), places(&[coc(0)], &[], None)] {
        assert!(decode(&codestream_with(&values, 64, true, &wrong)).as_ref() != Ok(&plain));
    }
}

#[test]
fn progressions_may_change_but_not_for_ever() {
    let values = coefficients(64 * 64, 11, 9);
    let plain = decode(&codestream(&values, 64, true)).unwrap();
    // From resolution 0 and component 0 up to layer 1, resolution 33 and the last component, layers first.
    let changes = |count: usize| {
        let mut main = vec![0xFF, 0x5F];
        main.extend((2 + 7 * count as u16).to_be_bytes());
        main.extend([0, 0, 0, 1, 33, 0, 0].repeat(count));
        decode(&codestream_with(&values, 64, true, &Places { main, ..Places::default() }))
    };
    assert!(changes(1).as_ref() == Ok(&plain) && changes(32).as_ref() == Ok(&plain));
    let refused = changes(33).unwrap_err().0;
    assert!(refused.contains("33 times, more than 32"), "{refused}");
}

#[test]
fn cut_streams_are_errors_or_pictures() {
    let stream = codestream(&coefficients(64 * 64, 11, 9), 64, true);
    for length in 0..stream.len().min(300) {
        _ = decode(&stream[..length]);
    }
}
