import { redirect } from 'next/navigation'
import { SignInForm } from '@/components/sign-in/sign-in-form'
import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { configuredProviders, currentUser } from '@/lib/edges/session'
import { isDemoMode } from '../mode'

export const metadata = { title: 'Sign in' }

type SignInPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const query = await searchParams
  if (await currentUser()) redirect('/')
  // Where to go afterwards is checked by the server when the form is sent.
  const callbackUrl = textOf(query.from) ?? textOf(query.callbackUrl) ?? '/'
  return (
    <SignInFrame title="Sign in to Purse" isDemo={isDemoMode()}>
      <SignInForm callbackUrl={callbackUrl} providers={configuredProviders()} error={textOf(query.error)} />
    </SignInFrame>
  )
}

const textOf = (value: string | string[] | undefined): string | null => (typeof value === 'string' ? value : null)
