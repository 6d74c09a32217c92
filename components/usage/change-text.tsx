import { useFormats, useTexts } from '#texts'

/** By how much something is more or less than in the period before; in words where there was nothing. */
export function ChangeText({ now, before }: { now: bigint; before: bigint }) {
  const t = useTexts('usage')
  const f = useFormats()
  if (before === 0n) return now === 0n ? t('change.same') : t('change.new')
  if (now >= before * 10n) return t('change.times', { times: f.number(now / before) })
  const tenths = ((now - before) * 1000n) / before
  const percent = f.percent(Number(tenths < 0n ? -tenths : tenths) / 10)
  if (now === before) return t('change.same')
  return now > before ? t('change.more', { percent }) : t('change.less', { percent })
}
