'use client'

import { useEffect, useRef, useState } from 'react'
import { useFormats, useTexts } from '#texts'
import type { ProofReport, ShownBook } from '@/lib/domain/statement/proof/rules'
import { accountUrl, Problem } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Field } from '../ui/field'
import { Meter } from '../ui/meter'
import { useProblemWords } from '../use-problem-words'
import { type RememberedHead, readRememberedHead, rememberHead } from './remembered-head'
import type { VerifyNews, VerifyOrder } from './verify-messages'
import { VerifyReport } from './verify-report'

type VerifyCardProps = { accountId: string; book: ShownBook; timeZone: string }

type State =
  | { kind: 'idle' }
  | { kind: 'running'; transfers: number; isEarlier: boolean }
  | { kind: 'stopped' }
  | { kind: 'failed'; detail: string | null }
  | { kind: 'earlier_broken'; report: ProofReport }
  | { kind: 'done'; report: ProofReport; seconds: number; before: RememberedHead | null }

/** The statement checked by the person's own browser, in a worker, against a stream of the whole history. */
export function VerifyCard({ accountId, book, timeZone }: VerifyCardProps) {
  const t = useTexts('statement.verify')
  const wordsOf = useProblemWords()
  const [state, setState] = useState<State>({ kind: 'idle' })
  const worker = useRef<Worker | null>(null)
  const file = useRef<HTMLInputElement>(null)
  useEffect(() => () => worker.current?.terminate(), [])

  const stop = () => {
    worker.current?.terminate()
    worker.current = null
    setState({ kind: 'stopped' })
  }

  const start = () => {
    // Web Crypto is there only where nobody can have changed the page on its way.
    if (!window.isSecureContext) return setState({ kind: 'failed', detail: t('insecure') })
    const before = readRememberedHead(accountId)
    const running = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' })
    worker.current = running
    setState({ kind: 'running', transfers: 0, isEarlier: false })
    const finish = (next: State) => {
      running.terminate()
      setState(next)
    }
    running.onmessage = ({ data: news }: MessageEvent<VerifyNews>) => {
      if (news.kind === 'progress') setState({ ...news, kind: 'running' })
      else if (news.kind === 'done') {
        const { head, problemCount } = news.report
        if (problemCount === 0 && head) {
          rememberHead(accountId, { seq: head.seq, hash: head.hash, at: new Date().toISOString() })
        }
        finish({ ...news, before })
      } else if (news.kind === 'failed') {
        const { refusal } = news
        finish({ kind: 'failed', detail: refusal && wordsOf(new Problem(refusal.status, refusal.body)) })
      } else finish(news)
    }
    running.onerror = () => finish({ kind: 'failed', detail: null })
    const order: VerifyOrder = {
      url: accountUrl(accountId, 'statement/proof'),
      shown: book,
      remembered: before && { seq: before.seq, hash: before.hash },
      earlier: file.current?.files?.[0] ?? null,
    }
    running.postMessage(order)
  }

  const isRunning = state.kind === 'running'
  return (
    <Card id="verify" title={t('title')} description={t('description')} className="paper-hidden">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
          {isRunning ? (
            <Button onClick={stop}>{t('stop')}</Button>
          ) : (
            <Button look="primary" onClick={start}>
              {state.kind === 'idle' ? t('start') : t('again')}
            </Button>
          )}
          <Field label={t('earlier')} className="max-w-full">
            {(control) => (
              <input
                {...control}
                ref={file}
                type="file"
                accept=".jsonl"
                disabled={isRunning}
                className="max-w-full text-muted file:me-3 file:min-h-9 file:rounded-ui file:border file:border-hairline file:bg-surface file:px-3 file:font-medium file:text-ink"
              />
            )}
          </Field>
        </div>
        <div aria-live="polite" className="flex flex-col gap-4 empty:hidden">
          {isRunning && <Progress {...state} total={book.seq} />}
          {state.kind === 'stopped' && <p className="text-muted">{t('stopped')}</p>}
          {state.kind === 'failed' && (
            <Banner tone="warn" title={t('failed', { detail: state.detail ?? t('broken') })} />
          )}
          {state.kind === 'earlier_broken' && (
            <VerifyReport report={state.report} timeZone={timeZone} isOfEarlier seconds={null} before={null} />
          )}
          {state.kind === 'done' && (
            <VerifyReport report={state.report} timeZone={timeZone} seconds={state.seconds} before={state.before} />
          )}
        </div>
      </div>
    </Card>
  )
}

function Progress({ transfers, isEarlier, total }: { transfers: number; isEarlier: boolean; total: number }) {
  const t = useTexts('statement.verify')
  const f = useFormats()
  const done = f.number(transfers)
  const words = isEarlier
    ? t('progressEarlier', { done })
    : t('progress', { done, total: f.number(Math.max(total, transfers)) })
  return (
    <div>
      <p className="mb-1.5 text-muted" aria-hidden="true">
        {words}
      </p>
      <Meter label={words} tone="accent" percent={total === 0 ? 100 : Math.min(100, (transfers / total) * 100)} />
    </div>
  )
}
