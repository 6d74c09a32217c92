import type { ComponentProps } from 'react'
import { buttonLook, type Look } from './button-look'

type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  look?: Look
  /** Shown in place of the label while the work is under way; the button cannot be pressed meanwhile. */
  busyLabel?: string
  isBusy?: boolean
  isWide?: boolean
}

export function Button({ look = 'secondary', busyLabel, isBusy = false, isWide, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} disabled={rest.disabled || isBusy} className={buttonLook(look, isWide)}>
      {isBusy && busyLabel ? busyLabel : children}
    </button>
  )
}
