'use client'

import { type FormEvent, useState } from 'react'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { sendSignInLink, startProvider } from './session'

const providerNames = { github: 'GitHub', google: 'Google' }

const errors: Record<string, string> = {
  Verification: 'That sign-in link has expired or was used already. Ask for a new one.',
  EmailSignin: 'The e-mail could not be sent. Check the address and try again.',
  EmailNotVerified: 'That account has no verified e-mail address. Verify it there, or use a sign-in link.',
  AccessDenied: 'This address may not sign in. Use another one.',
}

type SignInFormProps = { callbackUrl: string; providers: (keyof typeof providerNames)[]; error: string | null }

/** Signing in needs no password: a link by e-mail, or an account elsewhere. */
export function SignInForm({ callbackUrl, providers, error }: SignInFormProps) {
  const [email, setEmail] = useState('')
  const [emailError, setEmailError] = useState<string>()
  const [problem, setProblem] = useState(error && (errors[error] ?? 'Signing in did not work. Try again.'))
  const [isBusy, setBusy] = useState(false)

  const go = async (begin: () => Promise<string>) => {
    setBusy(true)
    setProblem(null)
    try {
      location.assign(await begin())
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : 'Signing in did not work. Try again.')
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())
    setEmailError(isAddress ? undefined : 'Enter your e-mail address, such as ada@example.com.')
    if (isAddress) go(() => sendSignInLink(email.trim(), callbackUrl))
  }

  return (
    <div className="flex flex-col gap-4">
      {problem && <Banner tone="bad" title={problem} isAnnounced />}
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label="E-mail address" error={emailError} hint="We send you a link. There is no password.">
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
        <Button type="submit" look="primary" isWide isBusy={isBusy} busyLabel="One moment…">
          Send me a sign-in link
        </Button>
      </form>
      {providers.map((id) => (
        <Button key={id} isWide disabled={isBusy} onClick={() => go(() => startProvider(id, callbackUrl))}>
          Continue with {providerNames[id]}
        </Button>
      ))}
    </div>
  )
}
