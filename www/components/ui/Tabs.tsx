import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface TabsProps<T extends string> {
  /** Accessible name of the list. */
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly name: string }[];
  readonly value: T;
  readonly onChange: (id: T) => void;
  /** Beside the tabs, on the right. */
  readonly aside?: ReactNode;
  /** Of the panel. */
  readonly className?: string;
  /** The panel of the tab that is shown. */
  readonly children: ReactNode;
}

/** One stop for the Tab key, arrows between them; what is behind the others is not in the page. */
export function Tabs<T extends string>(props: TabsProps<T>) {
  const { label, tabs, value, onChange, aside, className = '', children } = props;
  return (
    <Radix.Root
      value={value}
      onValueChange={(id) => onChange(id as T)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div className="flex shrink-0 items-center border-b border-line px-1">
        <Radix.List aria-label={label} className="flex min-w-0 flex-1 overflow-x-auto">
          {tabs.map(({ id, name }) => (
            <Radix.Trigger
              key={id}
              value={id}
              className="min-h-9 cursor-pointer border-b-2 border-transparent px-3 max-md:px-2 whitespace-nowrap text-ink-2 hover:text-ink aria-selected:border-accent aria-selected:font-medium aria-selected:text-ink pointer-coarse:min-h-11"
            >
              {name}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {aside}
      </div>
      {/* A panel of its own for each tab: scrolled to its beginning, and named by its tab. */}
      <Radix.Content key={value} value={value} tabIndex={-1} className={className}>
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
