interface SegmentedProps<T extends string> {
  /** Accessible name of the whole choice. */
  readonly label: string;
  readonly options: readonly {
    readonly value: T;
    readonly name: string;
    readonly title?: string;
  }[];
  /** `null`: none of them is on. */
  readonly value: T | null;
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** A few exclusive choices side by side; buttons with a pressed state, so that Tab reaches each. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  return (
    <fieldset
      aria-label={props.label}
      className={`inline-flex rounded-md border border-line bg-ground p-0.5 ${props.className ?? ''}`}
    >
      {props.options.map(({ value, name, title }) => (
        <button
          key={value}
          type="button"
          title={title}
          aria-pressed={value === props.value}
          disabled={props.disabled}
          onClick={() => props.onChange(value)}
          className="min-h-6 flex-auto cursor-pointer rounded-[5px] px-2 whitespace-nowrap max-sm:px-1.5 text-ink-2 hover:text-ink disabled:cursor-default disabled:text-ink-3 aria-pressed:bg-raised aria-pressed:text-ink aria-pressed:shadow-sm aria-pressed:shadow-black/20 pointer-coarse:min-h-11 pointer-coarse:min-w-11"
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
