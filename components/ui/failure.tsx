'use client'

import { Button } from './button'

type FailureProps = { error: Error & { digest?: string }; reset: () => void }

/** A page that could not be shown: what it means for the person's money, and one button. */
export function Failure({ error, reset }: FailureProps) {
  return (
    <div className="mx-auto flex min-h-[60dvh] max-w-md flex-col justify-center gap-3">
      <h1 className="text-xl font-semibold tracking-tight">This page could not be shown</h1>
      <p className="text-muted">
        Something failed on our side. Your credit and your purchases are not affected: what is paid stays paid, and this
        error charges nothing.
      </p>
      {error.digest && <p className="text-xs text-muted">If you write to us, name the reference {error.digest}.</p>}
      <div>
        <Button look="primary" onClick={reset}>
          Try again
        </Button>
      </div>
    </div>
  )
}
