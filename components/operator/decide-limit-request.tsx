'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { type AskedKind, longestReason } from '@/lib/domain/tiers/rules'
import { type TokenCounts, tokenKinds } from '@/lib/domain/token-limits/rules'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Checkbox, Field, Input } from '../ui/field'
import { usePost } from '../use-post'
import { DeclineForm } from './decline-form'
import { notACount, RequestField, readTokens, TokenFields, tokenTexts } from './limit-fields'
import { readCount } from './read-count'

type DecideProps = {
  accountId: string
  accountName: string
  requestId: string
  kind: AskedKind
  /** "more requests a minute" */
  what: string
  reason: string
  /** What holds now: where the form begins. */
  requestsNow: number
  tokensNow: TokenCounts
}

/** Grant with the limits, or decline with a note: each is told to the member who asked. */
export function DecideLimitRequest(props: DecideProps) {
  const [decision, setDecision] = useState<'grant' | 'decline' | null>(null)
  const { accountName, what } = props
  const close = () => setDecision(null)
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="primary" aria-label={`Grant ${what} to ${accountName}`} onClick={() => setDecision('grant')}>
        Grant
      </Button>
      <Button aria-label={`Decline ${what} for ${accountName}`} onClick={() => setDecision('decline')}>
        Decline
      </Button>
      <Dialog
        isOpen={decision !== null}
        onClose={close}
        title={decision === 'decline' ? `Decline ${what}` : `Grant ${what}`}
        description={`${accountName} is told, and reads your note on its Limits page.`}
      >
        {decision === 'grant' && <GrantForm {...props} onDone={close} />}
        {decision === 'decline' && <Decline {...props} onDone={close} />}
      </Dialog>
    </div>
  )
}

type FormProps = DecideProps & { onDone: () => void }

function useDecision({ accountId, requestId, onDone }: FormProps) {
  const router = useRouter()
  return usePost(`/api/operator/accounts/${accountId}/limit-requests/${requestId}/decide`, () => {
    onDone()
    router.refresh()
  })
}

function GrantForm(props: FormProps) {
  const { kind, reason, requestsNow, tokensNow, onDone } = props
  const [requests, setRequests] = useState(requestsNow.toLocaleString('en-US'))
  const [tokens, setTokens] = useState(tokenTexts(tokensNow))
  const [isUnlimited, setUnlimited] = useState(true)
  const [note, setNote] = useState('')
  const decision = useDecision(props)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { errors, limits } = granted()
    decision.send({ decision: 'grant', note, limits }, errors)
  }
  const granted = (): { limits: object; errors: Record<string, string> } => {
    if (kind === 'tokens') {
      const read = readTokens(tokens)
      return { limits: { tokens: read.tokens }, errors: read.errors }
    }
    if (kind === 'tier') return { limits: isUnlimited ? { isUnlimited } : {}, errors: {} }
    const count = readCount(requests)
    return { limits: { requestsPerMinute: count }, errors: count === null ? { requestsPerMinute: notACount } : {} }
  }
  const problem = decision.problemBeside(['requestsPerMinute', ...tokenKinds, 'note'])
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <blockquote className="border-s-2 border-hairline ps-3 break-words">{reason}</blockquote>
      {kind === 'requests' && (
        <RequestField
          text={requests}
          onChange={setRequests}
          error={decision.fieldError('requestsPerMinute')}
          hint={`Now ${requestsNow.toLocaleString('en-US')}. The new limit holds from the next request on.`}
        />
      )}
      {kind === 'tokens' && (
        <>
          <p className="text-muted">
            They hold for each model alike and no longer follow its use. The form begins with what holds now.
          </p>
          <TokenFields texts={tokens} onChange={setTokens} errorOf={decision.fieldError} />
        </>
      )}
      {kind === 'tier' && (
        <Checkbox
          checked={isUnlimited}
          onChange={(event) => setUnlimited(event.target.checked)}
          label="Unlimited by contract"
          hint="The tier above all others: no highest monthly budget, the highest token limits. Without it nothing changes by itself; say in the note what was agreed."
        />
      )}
      <Field label="Note (optional)" error={decision.fieldError('note')}>
        {(control) => (
          <Input
            {...control}
            maxLength={longestReason}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={decision.isPending} busyLabel="Sending…">
          Grant
        </Button>
      </div>
    </form>
  )
}

const Decline = (props: FormProps) => <DeclineForm post={useDecision(props)} onCancel={props.onDone} />
