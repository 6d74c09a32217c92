import { useFormats, useTexts } from '#texts'
import type { SessionDto } from '@/lib/domain/sessions'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { EndSession } from './end-session'

/** Where the person is signed in, this browser first. */
export function SessionsCard({ sessions, timeZone }: { sessions: SessionDto[]; timeZone: string }) {
  const t = useTexts('sessions')
  const f = useFormats()
  return (
    <Card id="devices" title={t('listTitle')} isFlush>
      <ul>
        {sessions.map(({ sessionId, browser, system, ip, signedInAt, lastSeenAt, isThisOne }) => {
          const device = t('device', {
            browser: browser ?? t('unknownBrowser'),
            system: system ?? t('unknownSystem'),
          })
          const lastSeen = f.instant(lastSeenAt, timeZone)
          return (
            <li
              key={sessionId}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5"
            >
              <div className="min-w-0 flex-1 basis-56">
                <p className="flex flex-wrap items-center gap-2">
                  <span className="font-medium">{device}</span>
                  {isThisOne && <Badge tone="good">{t('thisOne')}</Badge>}
                </p>
                <p className="text-muted">
                  <bdi>{ip ?? t('noIp')}</bdi> · {t('lastSeen', { instant: lastSeen })}
                </p>
                <p className="text-muted">{t('signedIn', { instant: f.instant(signedInAt, timeZone) })}</p>
              </div>
              {!isThisOne && <EndSession sessionId={sessionId} label={t('endOf', { device, instant: lastSeen })} />}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
