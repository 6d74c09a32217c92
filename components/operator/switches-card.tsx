'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useFormats } from '#texts'
import type { TopUpSwitchesDto } from '@/lib/domain/auto-top-up'
import { Badge } from '../ui/badge'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { usePost } from '../use-post'

const base = '/api/operator/auto-top-up'

/** A turn of a switch that waits for its reason. */
interface Turn {
  title: string
  means: string
  url: string
  body: object
  isDanger: boolean
}

/** What stops automatic charges of every account: each turn needs a reason, and the staff is told by mail. */
export function SwitchesCard({ switches, canWrite }: { switches: TopUpSwitchesDto; canWrite: boolean }) {
  const f = useFormats()
  const [turn, setTurn] = useState<Turn | null>(null)
  const { off, dryRun, breaker, changes } = switches
  return (
    <Card id="switches" title="Switches for every account" isFlush>
      <ul>
        <Row
          title="Breaker"
          state={breaker.isTripped ? 'Tripped' : 'Not tripped'}
          isBad={breaker.isTripped}
          detail={`${breaker.chargesInFiveMinutes} charges in the last five minutes; it trips at ${breaker.tripsAt}. While it is tripped no card is charged.`}
          last={breaker}
        >
          {canWrite && breaker.isTripped && (
            <Button
              onClick={() =>
                setTurn({
                  title: 'Reset the breaker',
                  means: 'Cards are charged again. Accounts that are low are charged by the next sweep.',
                  url: `${base}/breaker/reset`,
                  body: {},
                  isDanger: true,
                })
              }
            >
              Reset
            </Button>
          )}
        </Row>
        <Row
          title="Kill switch"
          state={off.isOn || off.isOnByEnvironment ? 'Nothing is charged' : 'Charging'}
          isBad={off.isOn || off.isOnByEnvironment}
          detail={
            off.isOnByEnvironment
              ? 'Held on by the environment (AUTO_TOP_UP_OFF=1), whatever is set here.'
              : 'Stops every automatic charge at once.'
          }
          last={off}
        >
          {canWrite && (
            <Button
              look={off.isOn ? 'secondary' : 'danger'}
              onClick={() =>
                setTurn({
                  title: off.isOn ? 'Allow automatic charges' : 'Stop every automatic charge',
                  means: off.isOn
                    ? 'Accounts that are low are charged by the next sweep.'
                    : 'No card is charged automatically until this is turned back.',
                  url: `${base}/switches`,
                  body: { name: 'off', isOn: !off.isOn },
                  isDanger: !off.isOn,
                })
              }
            >
              {off.isOn ? 'Allow charges' : 'Stop all charges'}
            </Button>
          )}
        </Row>
        <Row
          title="Dry run"
          state={dryRun.isOn || dryRun.isOnByEnvironment ? 'Dry' : 'Off'}
          isBad={dryRun.isOn || dryRun.isOnByEnvironment}
          detail={
            dryRun.isOnByEnvironment
              ? 'Held on by the environment (AUTO_TOP_UP_DRY_RUN=1), whatever is set here.'
              : 'Writes down what would be charged, and charges nothing.'
          }
          last={dryRun}
        >
          {canWrite && (
            <Button
              onClick={() =>
                setTurn({
                  title: dryRun.isOn ? 'End the dry run' : 'Begin a dry run',
                  means: dryRun.isOn
                    ? 'Cards are charged again.'
                    : 'What would be charged appears below, and no card is charged.',
                  url: `${base}/switches`,
                  body: { name: 'dry_run', isOn: !dryRun.isOn },
                  isDanger: false,
                })
              }
            >
              {dryRun.isOn ? 'End dry run' : 'Begin dry run'}
            </Button>
          )}
        </Row>
      </ul>
      {changes.length > 0 && (
        <details className="border-t border-hairline px-4 py-3 sm:px-5">
          <summary className="w-fit text-muted hover:text-ink">Earlier turns</summary>
          <ul className="mt-2 flex flex-col gap-1">
            {changes.map(({ name, isOn, reason, changedBy, at }) => (
              <li key={`${name}${at}`} className="text-muted">
                {f.instant(at, 'UTC')}: {name.replaceAll('_', ' ')} {isOn ? 'on' : 'off'} by {changedBy}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Dialog
        isOpen={turn !== null}
        onClose={() => setTurn(null)}
        title={turn?.title ?? ''}
        description={turn && `${turn.means} The staff is told by mail.`}
      >
        {turn && <ReasonForm turn={turn} onDone={() => setTurn(null)} />}
      </Dialog>
    </Card>
  )
}

type RowProps = {
  title: string
  state: string
  isBad: boolean
  detail: string
  last: { reason: string | null; changedBy: string | null; changedAt: string | null }
  children: React.ReactNode
}

function Row({ title, state, isBad, detail, last, children }: RowProps) {
  const f = useFormats()
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-hairline px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {title} <Badge tone={isBad ? 'bad' : 'good'}>{state}</Badge>
        </p>
        <p className="text-muted">{detail}</p>
        {last.changedAt && (
          <p className="text-xs text-muted">
            Since {f.instant(last.changedAt, 'UTC')}, by {last.changedBy}: {last.reason}
          </p>
        )}
      </div>
      {children}
    </li>
  )
}

function ReasonForm({ turn, onDone }: { turn: Turn; onDone: () => void }) {
  const router = useRouter()
  const [reason, setReason] = useState('')
  const post = usePost(turn.url, () => {
    router.refresh()
    onDone()
  })
  const problem = post.problemBeside(['reason'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    post.send({ ...turn.body, reason }, { reason: reason.trim() === '' ? 'Say why: it is kept and mailed.' : null })
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Reason" error={post.fieldError('reason')}>
        {(control) => (
          <Input {...control} data-focus-first value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look={turn.isDanger ? 'danger' : 'primary'} isBusy={post.isPending} busyLabel="Turning…">
          {turn.title}
        </Button>
      </div>
    </form>
  )
}
