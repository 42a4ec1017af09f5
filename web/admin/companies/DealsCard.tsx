import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'

const TONES = { open: 'teal', won: 'green', lost: 'red' } as const

/** The deals of a company: open ones first. */
export function DealsCard({ id }: { id: string }) {
  const t = useWords('companies')
  const f = useFormats()
  const deals = useQuery(api.companyDeals.ofCompany.queryOptions({ input: { id } }))
  const { data } = deals
  return (
    <Card title={t('deals')} aside={data && data.open > 0 ? `${t('openDeals')} ${f.money(data.openAmount)}` : undefined}>
      {deals.isPending && <Skeletons rows={2} height={40} />}
      <ErrorNote error={deals.error} retry={deals.refetch} />
      {data?.items.length === 0 && <p className="muted">{t('dealsEmpty')}</p>}
      <ul className="company-deals">
        {data?.items.map((deal) => (
          <li key={deal.id}>
            <Link to={'/deals' as string} search={{ deal: deal.id } as never} className="clip">
              {deal.name}
            </Link>
            <Chip tone={TONES[deal.state]}>{t(`dealState.${deal.state}`)}</Chip>
            <span className="muted num">{deal.amount === null ? '—' : f.yen(deal.amount)}</span>
            <span className="muted num">{f.day(deal.closedAt ?? deal.changedAt)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
