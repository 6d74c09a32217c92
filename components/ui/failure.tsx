'use client'

import { useTexts } from '#texts'
import { Button } from './button'

type FailureProps = { error: Error & { digest?: string }; reset: () => void }

/** A page that could not be shown: what it means for the person's money, and one button. */
export function Failure({ error, reset }: FailureProps) {
  const t = useTexts('ui.failure')
  return (
    <div className="mx-auto flex min-h-[60dvh] max-w-md flex-col justify-center gap-3">
      <h1 className="text-xl font-semibold tracking-tight">{t('title')}</h1>
      <p className="text-muted">{t('body')}</p>
      {error.digest && <p className="text-xs text-muted">{t('reference', { reference: error.digest })}</p>}
      <div>
        <Button look="primary" onClick={reset}>
          {t('retry')}
        </Button>
      </div>
    </div>
  )
}
