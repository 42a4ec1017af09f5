import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** Where each step is done; the first of these pages that exists. */
const places = {
  tag: ['/tag', '/settings/sites'],
  company: ['/settings/company', '/settings'],
  sender: ['/settings/mail', '/settings'],
  leads: ['/forms', '/imports', '/leads'],
  scenario: ['/scenarios'],
} as const

/** The list of first things: each verified by the system, resumable, dismissible. Gone once all is done. */
export function FirstSteps() {
  const t = useWords('measure')
  const { may } = useSession()
  const toast = useToasts()
  const paths = useRouter().routesByPath as Record<string, unknown>
  const steps = useQuery(api.reports.onboarding.queryOptions({ input: {} }))
  const hide = useMutation({
    mutationFn: () => client.reports.dismissOnboarding({ dismissed: true }),
    onSuccess: async () => {
      await again(api.reports.onboarding.key())
      toast.undo(t('hidden'), async () => {
        await client.reports.dismissOnboarding({ dismissed: false })
        await again(api.reports.onboarding.key())
      })
    },
    onError: toast.failed,
  })
  if (!steps.data || steps.data.dismissed || !may('reports.write')) return null
  const { items } = steps.data
  const done = items.filter((item) => item.done).length
  if (done === items.length) return null
  const aside = (
    <span className="row">
      <span className="num">{t('startDone', { done, all: items.length })}</span>
      <Button size="compact-xs" variant="subtle" color="gray" loading={hide.isPending} onClick={() => hide.mutate()}>
        {t('hide')}
      </Button>
    </span>
  )
  return (
    <Card title={t('start')} aside={aside} className="first-steps">
      <div className="track" role="progressbar" aria-label={t('start')} aria-valuemin={0} aria-valuemax={items.length} aria-valuenow={done}>
        <i style={{ width: `${(done / items.length) * 100}%`, background: 'var(--accent)' }} />
      </div>
      <ul>
        {items.map((item) => {
          const to = places[item.key].find((path) => path in paths)
          return (
            <li key={item.key} className={item.done ? 'done' : undefined}>
              <span className="tick" aria-hidden>
                {item.done && <Check size={13} />}
              </span>
              <span>
                {t(`step.${item.key}`)}
                {!item.done && <span className="muted hide-s"> {t(`stepHint.${item.key}`)}</span>}
              </span>
              {!item.done && to && (
                <Button component={Link} to={to} size="compact-sm" variant="light" className="push">
                  {t('begin')}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      <div className="muted">{t('startVerified')}</div>
    </Card>
  )
}
