import { useId, useState } from 'react';

interface NumberFieldProps {
  readonly label: string;
  readonly unit: string;
  readonly hint?: string;
  /** `null`: not set, the placeholder stands for it. */
  readonly value: number | null;
  readonly placeholder: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** In a form: what is wrong stays, to be put right, and does not go back to the last good value. */
  readonly keepsWrong?: boolean;
  readonly onChange: (value: number | null) => void;
}

/** A number with its unit; empty means "the default", which the placeholder names. */
export function NumberField(props: NumberFieldProps) {
  const id = useId();
  // What is being typed may not be a number yet; it counts once it is one within bounds.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (props.value === null ? '' : String(props.value));
  const take = (text: string): void => {
    setTyped(text);
    const value = Number(text);
    if (text.trim() === '') props.onChange(null);
    else if (value >= props.min && value <= props.max) props.onChange(value);
  };
  const isWrong =
    shown.trim() !== '' && !(Number(shown) >= props.min && Number(shown) <= props.max);
  return (
    <div>
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="min-w-0 flex-1 text-ink-2">
          {props.label}
        </label>
        <input
          id={id}
          type="number"
          inputMode="decimal"
          min={props.min}
          max={props.max}
          step={props.step}
          value={shown}
          placeholder={props.placeholder}
          aria-invalid={isWrong}
          aria-describedby={`${id}-hint`}
          onChange={(event) => take(event.target.value)}
          onBlur={() => !(props.keepsWrong && isWrong) && setTyped(null)}
          className="h-7 w-20 rounded-md border border-line-strong bg-raised px-2 text-right text-ink placeholder:text-ink-3 aria-invalid:border-bad pointer-coarse:h-11"
        />
        <span className="w-8 text-ink-3">{props.unit}</span>
      </div>
      <p id={`${id}-hint`} className="text-xs text-ink-3">
        {isWrong ? `Between ${props.min} and ${props.max} ${props.unit}` : props.hint}
      </p>
    </div>
  );
}

interface SelectFieldProps<T extends string> {
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly { readonly value: T; readonly name: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of many, by the system's own list. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const id = useId();
  return (
    <div>
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="flex-1 whitespace-nowrap text-ink-2">
          {props.label}
        </label>
        <select
          id={id}
          value={props.value}
          aria-describedby={`${id}-hint`}
          onChange={(event) => props.onChange(event.target.value as T)}
          className="h-7 min-w-0 max-w-3/4 rounded-md border border-line-strong bg-raised px-1 pointer-coarse:h-11"
        >
          {props.options.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <p id={`${id}-hint`} className="text-xs text-ink-3">
        {props.hint}
      </p>
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <label className="flex cursor-pointer items-center gap-2 text-ink-2 pointer-coarse:min-h-11">
      <span className="flex-1">{label}</span>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
    </label>
  );
}
