import { describe, expect, it } from 'vitest';

import { nextOrder, sorted, tableText } from './table.js';
import type { Column } from './table.js';

interface Row {
  readonly name: string;
  readonly ml: number | null;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Name',
    unit: '',
    value: ({ name }) => name,
    text: ({ name }) => name,
    fields: [['name', ({ name }) => name]],
  },
  {
    id: 'ml',
    title: 'Volume',
    unit: 'ml',
    value: ({ ml }) => ml,
    text: ({ ml }) => String(ml),
    fields: [
      ['ml', ({ ml }) => ml],
      ['litre', ({ ml }) => ml && ml / 1000],
    ],
  },
];
const ROWS: readonly Row[] = [
  { name: 'b', ml: 10 },
  { name: 'none', ml: null },
  { name: 'a', ml: 9 },
];
const names = (rows: readonly Row[]): string => rows.map(({ name }) => name).join(' ');

describe('a table', () => {
  it('sorts by number, not by digits, with what is missing last', () => {
    const by = (direction: 'ascending' | 'descending') =>
      names(sorted(ROWS, COLUMNS, { column: 'ml', direction }));
    expect(by('ascending')).toBe('a b none');
    expect(by('descending')).toBe('b a none');
    expect(names(sorted(ROWS, COLUMNS, null))).toBe('b none a');
  });

  it('goes up, down and back', () => {
    const up = nextOrder(null, 'ml');
    expect(up).toEqual({ column: 'ml', direction: 'ascending' });
    const down = nextOrder(up, 'ml');
    expect(down).toEqual({ column: 'ml', direction: 'descending' });
    expect(nextOrder(down, 'ml')).toBeNull();
    expect(nextOrder(down, 'name')).toEqual({ column: 'name', direction: 'ascending' });
  });

  it('is copied in full, with the check on every row', () => {
    const rows = [{ name: 'left, "lower"', ml: 1234.5678 }, ROWS[1] as Row];
    expect(tableText(rows, COLUMNS, ',', '1 fail')).toBe(
      'name,ml,litre,ct_check\n"left, ""lower""",1234.5678,1.2345678,1 fail\nnone,,,1 fail\n',
    );
    expect(tableText([ROWS[0] as Row], COLUMNS, '\t', 'passed')).toBe(
      'name\tml\tlitre\tct_check\nb\t10\t0.01\tpassed\n',
    );
  });
});
