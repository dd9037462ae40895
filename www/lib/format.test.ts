import { describe, expect, it } from 'vitest';

import { bytes, hounsfield, millilitres, number, sentence, timeLeft } from './format.js';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('numbers people read', () => {
  it('groups thousands and writes a true minus', () => {
    expect(plain(number(1038))).toBe('1 038');
    expect(plain(number(34_865_152))).toBe('34 865 152');
    expect(number(-1024)).toBe('\u22121\u202f024');
    expect(number(0.703, 2)).toBe('0.70');
    expect(plain(number(1234.5, 1))).toBe('1 234.5');
  });

  it('has no minus zero', () => {
    expect(number(-0.2)).toBe('0');
    expect(hounsfield(-0.4)).toBe('0 HU');
  });

  it('gives volumes the digits they deserve', () => {
    expect(plain(millilitres(1038.4))).toBe('1 038 ml');
    expect(millilitres(41.23)).toBe('41.2 ml');
    expect(millilitres(0.4567)).toBe('0.46 ml');
    expect(millilitres(0.0123)).toBe('0.012 ml');
  });

  it('counts bytes in decimal units and never shows 1000 of one', () => {
    expect(bytes(889)).toBe('889 bytes');
    expect(bytes(4567)).toBe('4.6 kB');
    expect(bytes(213_400)).toBe('213 kB');
    expect(bytes(999_600)).toBe('1.0 MB');
    expect(bytes(4_294_967_296)).toBe('4.3 GB');
  });

  it('says how long a job will take only once it can know', () => {
    expect(timeLeft(0.5, 1)).toBe('');
    expect(timeLeft(0.01, 10)).toBe('');
    expect(timeLeft(0.5, 4)).toBe('about 4 s left');
    expect(timeLeft(0.9, 9)).toBe('about a second left');
    expect(timeLeft(0.1, 60)).toBe('about 9 min left');
  });

  it('makes sentences of clauses', () => {
    expect(sentence('the file is empty')).toBe('The file is empty.');
    expect(sentence('Are these Hounsfield units?')).toBe('Are these Hounsfield units?');
    expect(sentence('air below -450 HU, in [-1000, 400], on 2026-01-31')).toBe(
      'Air below \u2212450 HU, in [\u22121000, 400], on 2026-01-31.',
    );
  });
});
