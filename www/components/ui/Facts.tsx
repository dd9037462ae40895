interface FactsProps {
  readonly rows: readonly (readonly [label: string, value: string])[];
}

/** Labels on the left, values on the right. */
export function Facts({ rows }: FactsProps) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-2 gap-y-1">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-ink-2">{label}</dt>
          <dd className="min-w-0 text-right break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
