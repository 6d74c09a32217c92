'use client'

import { useEffect, useRef, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import { isLess, type Money, parseMoney } from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'
import { useStanding } from './queries'
import { stateNotice } from './standing-words'

const quietMs = 30_000

/** Tells screen readers of a changed balance: at once when credit arrives or the state changes, else not too often. */
export function BalanceAnnouncer({ initial }: { initial: StandingDto }) {
  const t = useTexts('accounts.standing')
  const f = useFormats()
  const { standing } = useStanding(initial)
  const [text, setText] = useState('')
  const said = useRef({ balance: initial.balance, state: initial.state.kind, atMs: 0 })

  useEffect(() => {
    const before = said.current
    if (before.balance === standing.balance && before.state === standing.state.kind) return
    const balance = parse(standing)
    const isUrgent = before.state !== standing.state.kind || isLess(parseMoney(before.balance), balance)
    if (!isUrgent && Date.now() - before.atMs < quietMs) return
    said.current = { balance: standing.balance, state: standing.state.kind, atMs: Date.now() }
    const amount = f.money(balance)
    const { title } = stateNotice(t, f, standing)
    setText(before.state === standing.state.kind ? t('announce', { amount }) : t('announceState', { amount, title }))
  }, [standing, t, f])

  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  )
}

const parse = (standing: StandingDto): Money => parseMoney(standing.balance, 'balance', standing.currency)
