/** Tables that are looked at, sorted and copied: one list of columns for all three. */

type Value = number | string | null;

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Behind the title; "" where there is none. */
  readonly unit: string;
  /** What a row is sorted by. */
  readonly value: (row: Row) => Value;
  /** As it stands on the screen. */
  readonly text: (row: Row) => string;
  /** As it is copied, in full precision; one column here may be several there. */
  readonly fields: readonly (readonly [name: string, value: (row: Row) => Value])[];
}

export interface Order {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
}

/** Without an order: as they came. Rows without a value stand last either way. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order | null,
): readonly Row[] {
  const column = columns.find(({ id }) => id === order?.column);
  if (!order || !column) return rows;
  const sign = order.direction === 'ascending' ? 1 : -1;
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is younger than the browsers we support
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === 'string' || typeof y === 'string') {
      return sign * String(x).localeCompare(String(y));
    }
    return sign * (x - y);
  });
}

/** Upwards, downwards, and back to how they came. */
export function nextOrder(order: Order | null, column: string): Order | null {
  if (order?.column !== column) return { column, direction: 'ascending' };
  return order.direction === 'ascending' ? { column, direction: 'descending' } : null;
}

/**
 * A line of names, then a line for each row. The last column is the CT check in words, on every row, so
 * that no row is taken away without it.
 */
export function tableText<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  separator: ',' | '\t',
  ctCheck: string,
): string {
  const fields = columns.flatMap((column) => column.fields);
  const line = (values: readonly Value[]): string =>
    values.map((value) => cell(value, separator)).join(separator);
  const head = line([...fields.map(([name]) => name), 'ct_check']);
  const body = rows.map((row) => line([...fields.map(([, value]) => value(row)), ctCheck]));
  return [head, ...body].join('\n') + '\n';
}

/** Names may hold anything; what would be read as another cell is quoted. */
function cell(value: Value, separator: string): string {
  const text = value === null ? '' : String(value);
  const isPlain = !text.includes(separator) && !/["\n\r\t]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
