import type { ReactNode } from 'react'
import { ClientTexts, getTexts, useFormats } from '#texts'
import { AcceptInvitation } from '@/components/members/accept-invitation'
import { SignOutTo } from '@/components/members/sign-out-to'
import { Providers } from '@/components/providers'
import { SignInFrame } from '@/components/sign-in/sign-in-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { Refusal } from '@/lib/core/errors'
import { type InvitationPageDto, readInvitation } from '@/lib/domain/people'
import { currentUser } from '@/lib/edges/session'

export const generateMetadata = async () => ({
  title: (await getTexts('members'))('invitation.title'),
  referrer: 'no-referrer' as const,
})

type InvitationPageProps = { params: Promise<{ token: string }> }

/** Where the link of an invitation leads: what it offers, and the one thing to do next. */
export default async function InvitationPage({ params }: InvitationPageProps) {
  const t = await getTexts('members')
  const f = useFormats()
  const [{ token }, user] = await Promise.all([params, currentUser()])
  const path = `/invitations/${token}`
  const invitation = await readOrNull(token, user?.userId)
  if (!invitation) {
    return (
      <Frame title={t('invitation.goneTitle')}>
        <p className="text-muted">{t('invitation.gone')}</p>
      </Frame>
    )
  }
  const { state, accountName, role, invitedBy, email, you } = invitation
  if (state === 'accepted') {
    return (
      <Frame title={t('invitation.usedTitle')}>
        <p className="text-muted">
          {you?.hasAccepted ? t('invitation.used', { account: accountName }) : t('invitation.usedByOther')}
        </p>
        <ButtonLink href="/" look="primary" isWide>
          {t('invitation.home')}
        </ButtonLink>
      </Frame>
    )
  }
  if (state === 'revoked' || state === 'expired') {
    return (
      <Frame title={t(`invitation.${state}Title`)}>
        <p className="text-muted">{t('invitation.askAgain')}</p>
      </Frame>
    )
  }
  if (you && !you.isInvited) {
    return (
      <Frame title={t('invitation.otherTitle')}>
        <p className="break-words text-muted">{t('invitation.other', { email, you: you.email })}</p>
        <SignOutTo path={path} label={t('invitation.signOut')} />
      </Frame>
    )
  }
  const facts = { account: accountName, role: t(`roles.${role}`) }
  return (
    <Frame title={t('invitation.title')}>
      <p className="break-words">
        {invitedBy ? t('invitation.open', { ...facts, inviter: invitedBy }) : t('invitation.openByNobody', facts)}
      </p>
      <p className="text-muted">{t(`roleHints.${role}`)}</p>
      {you ? (
        <AcceptInvitation token={token} accountName={accountName} />
      ) : (
        <>
          <p className="break-words text-muted">{t('invitation.signInHint', { email })}</p>
          <ButtonLink href={`/sign-in?from=${encodeURIComponent(path)}`} look="primary" isWide>
            {t('invitation.signIn')}
          </ButtonLink>
        </>
      )}
      <p className="text-muted">{t('invitation.until', { day: f.instant(invitation.expiresAt, 'UTC') })}</p>
    </Frame>
  )
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <SignInFrame title={title} isDemo={false}>
      <Providers>
        <ClientTexts of={['members.invitation', 'problems']}>
          <div className="flex flex-col gap-4">{children}</div>
        </ClientTexts>
      </Providers>
    </SignInFrame>
  )
}

async function readOrNull(token: string, userId: string | undefined): Promise<InvitationPageDto | null> {
  try {
    return await readInvitation(userId ? { kind: 'user', userId } : { kind: 'visitor' }, { token })
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.code === 'not_found') return null
    throw refusal
  }
}
