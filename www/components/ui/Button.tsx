import type { LucideIcon } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import type { ComponentProps } from 'react';

const LOOK = {
  primary:
    'bg-accent text-accent-ink font-medium hover:brightness-110 disabled:bg-hover disabled:text-ink-3',
  plain: 'border border-line-strong bg-raised text-ink hover:bg-hover disabled:text-ink-3',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink disabled:text-ink-3',
} as const;

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof LOOK;
  readonly icon?: LucideIcon;
}

/** A button with words. 32 px under a mouse, 44 px under a thumb. */
export function Button({
  look = 'plain',
  icon: Icon,
  className = '',
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`inline-flex min-h-8 cursor-pointer items-center justify-center gap-2 rounded-md px-3 disabled:cursor-default pointer-coarse:min-h-11 pointer-coarse:min-w-11 ${LOOK[look]} ${className}`}
      {...rest}
    >
      {Icon && <Icon aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: LucideIcon;
  /** Accessible name and tooltip. */
  readonly label: string;
  /** Shown after the name in the tooltip. */
  readonly keys?: string;
}

/** A button that is only a picture: its name is in the tooltip and for screen readers. */
export function IconButton({ icon: Icon, label, keys, className = '', ...rest }: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          aria-label={label}
          className={`inline-flex size-8 shrink-0 cursor-pointer items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink aria-pressed:text-accent pointer-coarse:size-11 ${className}`}
          {...rest}
        >
          <Icon aria-hidden size={17} strokeWidth={1.75} />
        </button>
      </Tooltip.Trigger>
      <Tip>
        {label}
        {keys && <kbd className="ml-2 text-ink-3">{keys}</kbd>}
      </Tip>
    </Tooltip.Root>
  );
}

export function Tip({ children }: { readonly children: React.ReactNode }) {
  return (
    <Tooltip.Portal>
      <Tooltip.Content
        sideOffset={6}
        collisionPadding={8}
        className="z-50 max-w-72 rounded-md border border-line bg-raised px-2 py-1 text-xs text-ink shadow-lg shadow-black/20"
      >
        {children}
      </Tooltip.Content>
    </Tooltip.Portal>
  );
}
