'use client'

import { useState } from 'react'
import { leave } from '../sign-in/session'
import { Button } from '../ui/button'

export function SignOut() {
  const [isLeaving, setLeaving] = useState(false)
  const go = () => {
    setLeaving(true)
    leave().catch(() => setLeaving(false))
  }
  return (
    <Button look="secondary" isWide isBusy={isLeaving} busyLabel="Signing out…" onClick={go}>
      Sign out
    </Button>
  )
}
