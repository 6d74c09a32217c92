'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import type { StandingDto } from '@/lib/domain/accounts'
import { useStanding } from '../accounts/queries'

const restMs = 15_000

/** Paints the charts and lists of the page anew when the balance has moved, but not more often than people can read. */
export function FreshPage({ initial }: { initial: StandingDto }) {
  const router = useRouter()
  const { standing } = useStanding(initial)
  const painted = useRef({ balance: initial.balance, atMs: 0 })

  useEffect(() => {
    if (painted.current.balance === standing.balance) return
    const waitMs = Math.max(0, painted.current.atMs + restMs - Date.now())
    const timer = setTimeout(() => {
      painted.current = { balance: standing.balance, atMs: Date.now() }
      router.refresh()
    }, waitMs)
    return () => clearTimeout(timer)
  }, [standing.balance, router])

  return null
}
