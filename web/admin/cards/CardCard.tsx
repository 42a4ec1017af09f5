import './cards.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { pictureUrl } from './photos.ts'

/** The business cards of a lead; nothing where there is none. */
export function CardCard({ leadId }: { leadId: string }) {
  const t = useWords('cards')
  const f = useFormats()
  const cards = useQuery(api.cards.ofLead.queryOptions({ input: { leadId } }))
  const toast = useToasts()
  const { may } = useSession()
  const items = cards.data?.items ?? []
  const undo = (id: string) =>
    void client.cards
      .undo({ id })
      .then(() => again(api.cards.key(), api.leads.key()).then(() => toast.done(t('confirmUndone'))), toast.failed)
  if (!items.length) return null
  return (
    <Card title={t('cardsOfLead')}>
      <ul className="lead-cards">
        {items.map((card) => (
          <li key={card.id}>
            {card.hasPicture ? (
              <a href={pictureUrl(card, 'front')} target="_blank" rel="noreferrer">
                <img src={pictureUrl(card, 'front')} alt={t('pictureAlt', { side: t('front') })} loading="lazy" />
              </a>
            ) : (
              <span className="muted">{t('noPicture')}</span>
            )}
            {card.hasBack && (
              <a href={pictureUrl(card, 'back')} target="_blank" rel="noreferrer">
                <img src={pictureUrl(card, 'back')} alt={t('pictureAlt', { side: t('back') })} loading="lazy" />
              </a>
            )}
            <span className="muted">
              {t('exchangedWith', { day: f.day(card.exchangedOn), by: card.exchangedByName })} {card.source}
            </span>
            {card.mayUndo && may('cards.write') && (
              <Button size="compact-xs" variant="default" leftSection={<Undo2 size={13} />} onClick={() => undo(card.id)}>
                {t('undoConfirm')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
