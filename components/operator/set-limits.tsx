'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { AccountLimitsDto } from '@/lib/domain/tiers'
import { tokenKinds } from '@/lib/domain/token-limits/rules'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Checkbox } from '../ui/field'
import { usePost } from '../use-post'
import { notACount, RequestField, readTokens, TokenFields, tokenTexts } from './limit-fields'
import { readCount } from './read-count'

/** Sets the limits of one account by hand, or gives it back to the rules. */
export function SetLimits({ account }: { account: AccountLimitsDto }) {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>Set limits</Button>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title="Set limits"
        description="They hold from the next request on, and are written to the account’s audit log."
      >
        <LimitsForm account={account} onDone={close} />
      </Dialog>
    </>
  )
}

function LimitsForm({ account, onDone }: { account: AccountLimitsDto; onDone: () => void }) {
  const { accountId, requests, ownTokens, models, start, unlimitedSince } = account
  const router = useRouter()
  const [requestText, setRequestText] = useState(requests.own?.toLocaleString('en-US') ?? '')
  const [hasOwnTokens, setOwnTokens] = useState(ownTokens !== null)
  const [tokens, setTokens] = useState(tokenTexts(ownTokens ?? models[0]?.limits ?? start))
  const [isUnlimited, setUnlimited] = useState(unlimitedSince !== null)
  const save = usePost(`/api/operator/accounts/${accountId}/limits`, () => {
    onDone()
    router.refresh()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isUsual = requestText.trim() === ''
    const requestsPerMinute = isUsual ? null : readCount(requestText)
    const read = readTokens(tokens)
    save.send(
      { requestsPerMinute, tokens: hasOwnTokens ? read.tokens : null, isUnlimited },
      {
        ...(!isUsual && requestsPerMinute === null && { requestsPerMinute: notACount }),
        ...(hasOwnTokens && read.errors),
      },
    )
  }
  const problem = save.problemBeside(['requestsPerMinute', ...tokenKinds])
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <RequestField
        text={requestText}
        onChange={setRequestText}
        error={save.fieldError('requestsPerMinute')}
        hint="Empty: by the rule, 10 without a payment method or without credit, 6,000 with both."
      />
      <Checkbox
        checked={hasOwnTokens}
        onChange={(event) => setOwnTokens(event.target.checked)}
        label="Token limits set by hand"
        hint="For each model alike, and they no longer move. Otherwise they follow its use."
      />
      {hasOwnTokens && <TokenFields texts={tokens} onChange={setTokens} errorOf={save.fieldError} />}
      <Checkbox
        checked={isUnlimited}
        onChange={(event) => setUnlimited(event.target.checked)}
        label="Unlimited by contract"
        hint="The tier above all others: no highest monthly budget, the highest token limits."
      />
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={save.isPending} busyLabel="Saving…">
          Save
        </Button>
      </div>
    </form>
  )
}
