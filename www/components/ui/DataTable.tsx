import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';

import { nextOrder, sorted } from '../../lib/table.js';
import type { Column, Order } from '../../lib/table.js';

interface DataTableProps<Row> {
  readonly caption: string;
  /** The first one names the rows. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

const ICONS = { none: ChevronsUpDown, ascending: ArrowUp, descending: ArrowDown } as const;

/** Sorts by any column; wider than its place, it scrolls under the names of its rows. */
export function DataTable<Row>({ caption, columns, rows }: DataTableProps<Row>) {
  const [order, setOrder] = useState<Order | null>(null);
  const [names, ...others] = columns;
  if (!names) return null;
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={caption}
      className="overflow-x-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-right whitespace-nowrap">
        <caption className="sr-only">{caption}</caption>
        <thead className="bg-raised text-xs text-ink-2">
          <tr>
            {columns.map((column) => {
              const sort = order?.column === column.id ? order.direction : 'none';
              const Icon = ICONS[sort];
              return (
                <th
                  key={column.id}
                  scope="col"
                  aria-sort={sort}
                  className="p-0 font-normal first:sticky first:left-0 first:z-10 first:bg-raised first:text-left"
                >
                  <button
                    type="button"
                    onClick={() => setOrder(nextOrder(order, column.id))}
                    className="inline-flex min-h-8 cursor-pointer items-center gap-1 px-2 hover:text-ink pointer-coarse:min-h-11"
                  >
                    {column.title}
                    {column.unit && `, ${column.unit}`}
                    <Icon
                      aria-hidden
                      size={12}
                      className={sort === 'none' ? 'text-ink-3 opacity-60' : 'text-accent'}
                    />
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, columns, order).map((row) => (
            <tr key={String(names.value(row))} className="border-t border-line">
              <th
                scope="row"
                className="sticky left-0 z-10 max-w-48 truncate bg-panel px-2 py-1 text-left font-medium"
              >
                {names.text(row)}
              </th>
              {others.map((column) => (
                <td key={column.id} className="px-2 py-1">
                  {column.text(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
