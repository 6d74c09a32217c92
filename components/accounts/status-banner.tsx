'use client'

import type { StandingDto } from '@/lib/domain/accounts'
import { Banner } from '../ui/banner'
import { ButtonLink } from '../ui/button-link'
import { nextSteps } from './actions'
import { useStanding } from './queries'

/** What is stopped or about to be, in words, with the one button that helps. Nothing when all is well. */
export function StatusBanner({ initial }: { initial: StandingDto }) {
  const { standing } = useStanding(initial)
  const { state, warning } = standing
  const notice = state.kind === 'active' ? warning : state
  return (
    <div aria-live="polite" className="empty:hidden">
      {notice && (
        <Banner
          tone={state.kind === 'active' ? 'warn' : 'bad'}
          title={notice.title}
          action={
            notice.action && (
              <ButtonLink look="primary" href={nextSteps[notice.action].href}>
                {nextSteps[notice.action].label}
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
