'use client'

import { useFormats, useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { nextSteps } from './actions'
import { useStanding } from './queries'
import { stateNotice, warningNotice } from './standing-words'

/** What is stopped or about to be, in words, with the one button that helps. Nothing when all is well. */
export function StatusBanner({ initial }: { initial: StandingDto }) {
  const t = useTexts('accounts.standing')
  const f = useFormats()
  const { standing } = useStanding(initial)
  const { state, warning } = standing
  const isActive = state.kind === 'active'
  const notice = isActive ? warningNotice(t, f, standing) : stateNotice(t, f, standing)
  const action = isActive ? warning?.action : state.action
  return (
    <div aria-live="polite" className="empty:hidden">
      {notice && (
        <Banner
          tone={isActive ? 'warn' : 'bad'}
          title={notice.title}
          action={
            action && (
              <ButtonLink look="primary" href={nextSteps[action]}>
                {t(`steps.${action}`)}
              </ButtonLink>
            )
          }
        >
          {notice.detail}
        </Banner>
      )}
    </div>
  )
}
