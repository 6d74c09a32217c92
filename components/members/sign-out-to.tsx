'use client'

import { useState } from 'react'
import { leave } from '../sign-in/session'
import { Button } from '../ui/button'

/** Signs out, so that another person can sign in and come back here. */
export function SignOutTo({ path, label }: { path: string; label: string }) {
  const [isBusy, setBusy] = useState(false)
  const go = () => {
    setBusy(true)
    leave(path).catch(() => setBusy(false))
  }
  return (
    <Button look="primary" isWide isBusy={isBusy} onClick={go}>
      {label}
    </Button>
  )
}
