import type { ComponentProps, MouseEvent } from 'react'
import { buttonLook, type Look } from './button-look'

type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  look?: Look
  /** Shown in place of the label while the work is under way; a press does nothing meanwhile, but the keyboard stays on the button. */
  busyLabel?: string
  isBusy?: boolean
  isWide?: boolean
}

export function Button({ look = 'secondary', busyLabel, isBusy, isWide, children, ...rest }: ButtonProps) {
  const busy = isBusy && { 'aria-disabled': true, onClick: ignore }
  return (
    <button type="button" {...rest} {...busy} className={buttonLook(look, isWide)}>
      {isBusy && busyLabel ? busyLabel : children}
    </button>
  )
}

/** Neither by a press nor by Enter in a field is the form sent again. */
const ignore = (event: MouseEvent) => event.preventDefault()
