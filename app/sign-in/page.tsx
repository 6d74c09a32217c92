import { redirect } from 'next/navigation'
import { ClientTexts, getTexts, useTexts } from '#texts'
import { SignInForm } from '@/components/sign-in/sign-in-form'
import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { configuredProviders, currentUser } from '@/lib/edges/session'
import { isDemoMode } from '../mode'

export const generateMetadata = async () => ({ title: (await getTexts('sign-in'))('page') })

type SignInPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const query = await searchParams
  const t = useTexts('sign-in')
  if (await currentUser()) redirect('/')
  // Where to go afterwards is checked by the server when the form is sent.
  const callbackUrl = textOf(query.from) ?? textOf(query.callbackUrl) ?? '/'
  return (
    <SignInFrame title={t('title')} isDemo={isDemoMode()}>
      <ClientTexts of={['sign-in.form']}>
        <SignInForm callbackUrl={callbackUrl} providers={configuredProviders()} error={textOf(query.error)} />
      </ClientTexts>
    </SignInFrame>
  )
}

const textOf = (value: string | string[] | undefined): string | null => (typeof value === 'string' ? value : null)
