'use client'

import { useRouter } from 'next/navigation'
import { accountUrl } from './api'
import { Button } from './ui/button'
import { usePost } from './use-post'

type WithdrawRequestProps = {
  accountId: string
  /** Of the request, below the account's own address. */
  path: string
  label: string
  busyLabel: string
}

/** Takes a request to the operator back. */
export function WithdrawRequest({ accountId, path, label, busyLabel }: WithdrawRequestProps) {
  const router = useRouter()
  const withdraw = usePost(accountUrl(accountId, `${path}/withdraw`), () => router.refresh())
  const problem = withdraw.problemBeside([])
  return (
    <>
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      <Button look="quiet" isBusy={withdraw.isPending} busyLabel={busyLabel} onClick={() => withdraw.send({})}>
        {label}
      </Button>
    </>
  )
}
