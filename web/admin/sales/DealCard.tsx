import { CalendarClock } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { Avatar } from '../parts/Avatar.tsx'
import { useFormats } from '../parts/formats.ts'
import { dayOf } from '../parts/zone.ts'
import { useWords } from '../words/words.tsx'
import { useColleagues } from './owners.ts'
import type { Deal } from './rows.ts'

/** What lifts the card by keyboard. */
interface Handle {
  readonly ref: (node: HTMLElement | null) => void
  readonly onKeyDown: ((event: KeyboardEvent) => void) | undefined
  readonly 'aria-describedby': string | undefined
}

/** A deal on the board. */
export function DealCard({ deal, onOpen, handle }: { deal: Deal; onOpen: () => void; handle: Handle }) {
  const t = useWords('sales')
  const f = useFormats()
  const { nameOf } = useColleagues()
  const owner = nameOf(deal.ownerId)
  const late = deal.expectedClose !== null && deal.expectedClose < dayOf(new Date())
  return (
    <>
      <button type="button" className="deal-name" onClick={onOpen} {...handle}>
        {deal.name}
      </button>
      <span className="muted clip">{f.list(deal.people.map((person) => person.name))}</span>
      <span className="row">
        <b className="num nowrap">{deal.amount === null ? <span className="muted">{t('noAmount')}</span> : f.money(deal.amount)}</b>
        {deal.expectedClose && (
          <span className={late ? 'deal-date late num' : 'deal-date num'}>
            <CalendarClock size={12} aria-hidden /> {f.shortDay(`${deal.expectedClose}T00:00:00`)}
          </span>
        )}
        {owner && (
          <span className="push" title={owner}>
            <Avatar name={owner} size={22} />
          </span>
        )}
      </span>
    </>
  )
}
