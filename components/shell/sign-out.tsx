'use client'

import { useState } from 'react'
import { useTexts } from '#texts'
import { leave } from '../sign-in/session'
import { Button } from '../ui/button'

export function SignOut() {
  const t = useTexts('shell')
  const [isLeaving, setLeaving] = useState(false)
  const go = () => {
    setLeaving(true)
    leave().catch(() => setLeaving(false))
  }
  return (
    <Button look="secondary" isWide isBusy={isLeaving} busyLabel={t('signingOut')} onClick={go}>
      {t('signOut')}
    </Button>
  )
}
