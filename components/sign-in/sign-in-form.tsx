'use client'

import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { SignInFailure, sendSignInLink, startProvider } from './session'

const providerNames = { github: 'GitHub', google: 'Google' }

const errors = ['Verification', 'EmailSignin', 'EmailNotVerified', 'AccessDenied'] as const

type SignInFormProps = { callbackUrl: string; providers: (keyof typeof providerNames)[]; error: string | null }

/** Signing in needs no password: a link by e-mail, or an account elsewhere. */
export function SignInForm({ callbackUrl, providers, error }: SignInFormProps) {
  const t = useTexts('sign-in.form')
  const words = useTexts('ui')
  const known = errors.find((each) => each === error)
  const [email, setEmail] = useState('')
  const [emailError, setEmailError] = useState<string>()
  const [problem, setProblem] = useState(error && (known ? t(`errors.${known}`) : t('failed')))
  const [isBusy, setBusy] = useState(false)

  const go = async (begin: () => Promise<string>) => {
    setBusy(true)
    setProblem(null)
    try {
      location.assign(await begin())
    } catch (failure) {
      setProblem(failure instanceof SignInFailure ? t(failure.reason) : t('failed'))
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())
    setEmailError(isAddress ? undefined : t('notAddress'))
    if (isAddress) go(() => sendSignInLink(email.trim(), callbackUrl))
  }

  return (
    <div className="flex flex-col gap-4">
      {problem && <Banner tone="bad" title={problem} isAnnounced />}
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t('email')} error={emailError} hint={t('hint')}>
          {(control) => (
            <Input
              {...control}
              type="email"
              name="email"
              autoComplete="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="primary" isWide isBusy={isBusy} busyLabel={words('oneMoment')}>
          {t('send')}
        </Button>
      </form>
      {providers.map((id) => (
        <Button key={id} isWide disabled={isBusy} onClick={() => go(() => startProvider(id, callbackUrl))}>
          {t('provider', { provider: providerNames[id] })}
        </Button>
      ))}
    </div>
  )
}
