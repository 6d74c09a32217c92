'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

const refreshMs = 2000

/** Starts a comparison, and follows the one under way until it ends. */
export function RunNow({ running }: { running: string | null }) {
  const router = useRouter()
  const start = usePost('/api/operator/drift', () => router.refresh())
  useEffect(() => {
    if (running === null) return
    const timer = setInterval(() => router.refresh(), refreshMs)
    return () => clearInterval(timer)
  }, [running, router])
  const problem = start.problemBeside([])
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="status" className={problem ? 'text-bad-ink' : 'sr-only'}>
        {problem?.message ?? (running ? 'A comparison is under way.' : '')}
      </p>
      <Button
        look="primary"
        isBusy={start.isPending || running !== null}
        busyLabel="Comparing…"
        onClick={() => start.send({})}
      >
        Run now
      </Button>
    </div>
  )
}
