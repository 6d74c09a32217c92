'use client'

import { useRouter } from 'next/navigation'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

export function RetryEvent({ eventId, type }: { eventId: string; type: string }) {
  const router = useRouter()
  const retry = usePost('/api/operator/stripe-events', () => router.refresh())
  const problem = retry.problemBeside([])
  return (
    <div>
      <Button
        isBusy={retry.isPending || retry.isDone}
        busyLabel="Trying…"
        onClick={() => retry.send({ event: eventId })}
        aria-label={`Try ${type} again`}
      >
        Try again
      </Button>
      {problem && (
        <p role="alert" className="mt-1 text-bad-ink">
          {problem.message}
        </p>
      )}
    </div>
  )
}
