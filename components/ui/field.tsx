import clsx from 'clsx'
import { type ComponentProps, type ReactNode, useId } from 'react'

const box =
  'min-h-9 w-full rounded-ui border bg-surface px-3 text-lg text-ink sm:text-base max-lg:min-h-11 placeholder:text-muted ' +
  'disabled:bg-sunken disabled:text-muted'

const edge = (isWrong: boolean) => (isWrong ? 'border-bad-ink' : 'border-edge')

type FieldProps = {
  label: string
  hint?: ReactNode
  /** What is wrong and what to do about it. */
  error?: string | undefined
  /** Receives what ties the control to its label, hint and error. */
  children: (control: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode
  className?: string
}

/** A control with its label above and its hint or error below, tied together for screen readers. */
export function Field({ label, hint, error, children, className }: FieldProps) {
  const id = useId()
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': Boolean(error) })}
      {error && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-bad-ink">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

export function Input(props: Omit<ComponentProps<'input'>, 'className'>) {
  // Addresses run from left to right in every language.
  const dir = props.type === 'email' || props.type === 'url' ? 'ltr' : undefined
  // A browser shows no day that there is not, and complains of it.
  const empty = props.type === 'date' &&
    props.defaultValue &&
    !isDay(String(props.defaultValue)) && { defaultValue: '' }
  return (
    <input type="text" dir={dir} {...props} {...empty} className={clsx(box, edge(Boolean(props['aria-invalid'])))} />
  )
}

const isDay = (text: string): boolean => {
  const day = new Date(text)
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text
}

/** A decimal amount with its currency shown on both sides, so that no one has to guess the unit. */
export function MoneyInput(props: Omit<ComponentProps<'input'>, 'className' | 'type'>) {
  return (
    <span dir="ltr" className="relative block">
      <span aria-hidden="true" className="absolute inset-y-0 start-3 flex items-center text-muted">
        $
      </span>
      <input
        inputMode="decimal"
        autoComplete="off"
        {...props}
        type="text"
        className={clsx(box, edge(Boolean(props['aria-invalid'])), 'pe-13 ps-6.5')}
      />
      <span aria-hidden="true" className="absolute inset-y-0 end-3 flex items-center text-muted">
        USD
      </span>
    </span>
  )
}

export function Select(props: Omit<ComponentProps<'select'>, 'className'>) {
  return <select {...props} className={clsx(box, edge(Boolean(props['aria-invalid'])), 'select pe-9')} />
}

type ChoiceProps = Omit<ComponentProps<'input'>, 'className' | 'type'> & { label: ReactNode; hint?: ReactNode }

const choiceLook = 'flex min-h-6 cursor-pointer items-start gap-3'

function ChoiceText({ label, hint }: { label: ReactNode; hint?: ReactNode }) {
  return (
    <span className="min-w-0 pt-0.5">
      <span className="block font-medium">{label}</span>
      {hint && <span className="mt-0.5 block text-muted">{hint}</span>}
    </span>
  )
}

export function Checkbox({ label, hint, ...rest }: ChoiceProps) {
  return (
    <label className={choiceLook}>
      <input type="checkbox" {...rest} className="tick" />
      <ChoiceText label={label} hint={hint} />
    </label>
  )
}

export function Radio({ label, hint, ...rest }: ChoiceProps) {
  return (
    <label className={choiceLook}>
      <input type="radio" {...rest} className="tick" />
      <ChoiceText label={label} hint={hint} />
    </label>
  )
}

export function Switch({ label, hint, checked, ...rest }: ChoiceProps & { checked: boolean }) {
  return (
    <label className={choiceLook}>
      <input type="checkbox" role="switch" aria-checked={checked} checked={checked} {...rest} className="switch" />
      <ChoiceText label={label} hint={hint} />
    </label>
  )
}
