import type { CheckItem } from 'hounsfield';
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';

import { WORDS, worstFirst } from '../lib/check.js';
import { count, sentence } from '../lib/format.js';
import { Disclosure } from './ui/Disclosure.js';

export const CHECK_LOOK = {
  pass: { icon: CircleCheck, colour: 'text-good' },
  warn: { icon: TriangleAlert, colour: 'text-warn' },
  fail: { icon: CircleX, colour: 'text-bad' },
} as const;

/** What is wrong, each with the number behind it; what is in order, one click away. */
export function CheckItems({ items }: { readonly items: readonly CheckItem[] }) {
  const concerns = worstFirst(items).filter(({ status }) => status !== 'pass');
  const passed = items.filter(({ status }) => status === 'pass');
  return (
    <div className="space-y-2">
      {concerns.length > 0 && <Rows items={concerns} />}
      {passed.length > 0 && (
        <Disclosure
          title={`${concerns.length > 0 ? '' : 'All '}${count(passed.length, 'question passed', 'questions passed')}`}
        >
          <Rows items={passed} />
        </Disclosure>
      )}
    </div>
  );
}

function Rows({ items }: { readonly items: readonly CheckItem[] }) {
  return (
    <ul className="space-y-3">
      {items.map((item) => (
        <Row key={item.id} item={item} />
      ))}
    </ul>
  );
}

function Row({ item: { title, status, value, message } }: { readonly item: CheckItem }) {
  const { icon: Icon, colour } = CHECK_LOOK[status];
  return (
    <li className="flex gap-2">
      <Icon aria-hidden size={15} className={`mt-0.5 shrink-0 ${colour}`} />
      <div className="min-w-0 flex-1">
        <p className="flex gap-2">
          <span className="min-w-0 flex-1 font-medium">{title}</span>
          <span className={colour}>{WORDS[status]}</span>
        </p>
        {value && <p className="break-words">{value}</p>}
        <p className="text-ink-2 break-words">{sentence(message)}</p>
      </div>
    </li>
  );
}
