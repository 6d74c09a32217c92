import clsx from 'clsx'
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

type Tone = 'info' | 'good' | 'warn' | 'bad'

const looks: Record<Tone, { box: string; ink: string; Icon: typeof Info }> = {
  info: { box: 'border-hairline bg-sunken', ink: 'text-muted', Icon: Info },
  good: { box: 'border-hairline bg-good-soft', ink: 'text-good-ink', Icon: CircleCheck },
  warn: { box: 'border-warn-edge bg-warn-soft', ink: 'text-warn-ink', Icon: TriangleAlert },
  bad: { box: 'border-bad-edge bg-bad-soft', ink: 'text-bad-ink', Icon: CircleAlert },
}

type BannerProps = { tone: Tone; title: string; children?: ReactNode; action?: ReactNode; isAnnounced?: boolean }

/** What happened, what it means, and the one button that helps, in the place where it matters. */
export function Banner({ tone, title, children, action, isAnnounced = false }: BannerProps) {
  const { box, ink, Icon } = looks[tone]
  return (
    <div
      {...(isAnnounced && { role: tone === 'bad' ? 'alert' : 'status' })}
      className={clsx('flex flex-wrap items-center gap-x-6 gap-y-3 rounded-ui border px-4 py-3', box)}
    >
      <div className="flex min-w-0 flex-1 basis-64 gap-3">
        <Icon aria-hidden="true" className={clsx('mt-0.5 size-4 flex-none', ink)} />
        <div className="min-w-0">
          <p className="font-semibold">{title}</p>
          {children && <div className="mt-0.5">{children}</div>}
        </div>
      </div>
      {action && <div className="flex-none max-sm:w-full max-sm:*:w-full">{action}</div>}
    </div>
  )
}
