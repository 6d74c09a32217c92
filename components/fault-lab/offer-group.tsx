import { useFormats, useTexts } from '#texts'
import { blockOf, type LabFacts } from '@/lib/domain/fault-lab/rules'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { labAmounts, type Offer, type OfferGroup } from './plays'

export interface Player {
  facts: LabFacts
  /** The name of the play under way. */
  playing: Offer['name'] | null
  play: (offer: Offer) => void
}

type OfferGroupCardProps = { group: OfferGroup; player: Player; children?: React.ReactNode }

/** A group of plays: each button with what it plays and what must be seen, or with what it needs first. */
export function OfferGroupCard({ group, player, children }: OfferGroupCardProps) {
  const t = useTexts('fault-lab.groups')
  const f = useFormats()
  return (
    <Card
      id={group.id}
      title={t(`${group.name}.title`)}
      description={t(`${group.name}.description`, labAmounts(f))}
      isFlush
    >
      {children}
      <ul>
        {group.offers.map((offer) => (
          <OfferRow key={offer.name} offer={offer} player={player} />
        ))}
      </ul>
    </Card>
  )
}

function OfferRow({ offer, player: { facts, playing, play } }: { offer: Offer; player: Player }) {
  const t = useTexts('fault-lab')
  const f = useFormats()
  const block = blockOf(offer.play, facts)
  return (
    <li className="grid items-center gap-x-4 gap-y-1.5 border-t border-hairline px-4 py-2.5 sm:grid-cols-[12rem_minmax(0,1fr)] sm:px-5">
      <Button
        isWide
        disabled={block !== null || playing !== null}
        isBusy={playing === offer.name}
        busyLabel={t('playing')}
        onClick={() => play(offer)}
      >
        {t(`offers.${offer.name}.label`, labAmounts(f))}
      </Button>
      <p className="text-muted">
        {offer.name !== 'heal' && t(`offers.${offer.name}.sentence`, labAmounts(f))}
        {block && <span className="block text-xs">{t(`blocks.${block}`)}</span>}
      </p>
    </li>
  )
}
