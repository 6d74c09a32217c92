import { blockOf, type LabFacts } from '@/lib/domain/fault-lab/rules'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import type { Offer, OfferGroup } from './plays'

export interface Player {
  facts: LabFacts
  /** The label of the play under way. */
  playing: string | null
  play: (offer: Offer) => void
}

type OfferGroupCardProps = { group: OfferGroup; player: Player; children?: React.ReactNode }

/** A group of plays: each button with what it plays and what must be seen, or with what it needs first. */
export function OfferGroupCard({ group, player, children }: OfferGroupCardProps) {
  return (
    <Card id={group.id} title={group.title} description={group.description} isFlush>
      {children}
      <ul>
        {group.offers.map((offer) => (
          <OfferRow key={offer.label} offer={offer} player={player} />
        ))}
      </ul>
    </Card>
  )
}

function OfferRow({ offer, player: { facts, playing, play } }: { offer: Offer; player: Player }) {
  const block = blockOf(offer.play, facts)
  return (
    <li className="grid items-center gap-x-4 gap-y-1.5 border-t border-hairline px-4 py-2.5 sm:grid-cols-[12rem_minmax(0,1fr)] sm:px-5">
      <Button
        isWide
        disabled={block !== null || playing !== null}
        isBusy={playing === offer.label}
        busyLabel="Playing…"
        onClick={() => play(offer)}
      >
        {offer.label}
      </Button>
      <p className="text-muted">
        {offer.sentence}
        {block && <span className="block text-xs">{block}</span>}
      </p>
    </li>
  )
}
