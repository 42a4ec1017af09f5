import './retention.css'
import { Button, NumberInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Rule = Awaited<ReturnType<typeof client.privacy.retention>>['rules'][number]

/** How long each kind of data is kept, and how much would go. */
export function RetentionPage() {
  const t = useWords('trust')
  const rules = useQuery(api.privacy.retention.queryOptions({ input: {} }))
  return (
    <>
      <PageTop title={t('retention')} />
      <Page narrow>
        <p className="muted">{t('retentionText')}</p>
        <ErrorNote error={rules.error} retry={rules.refetch} />
        {rules.isPending && <Skeletons rows={6} height={96} />}
        {rules.data?.rules.map((rule) => (
          <RuleCard key={rule.key} rule={rule} />
        ))}
      </Page>
    </>
  )
}

function RuleCard({ rule }: { rule: Rule }) {
  const t = useWords('trust')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  const [value, setValue] = useState(rule.value)
  const [seen, setSeen] = useState<{ n: number; bytes: number; at: string } | null>(null)
  const [busy, setBusy] = useState<'count' | 'save' | null>(null)
  const [open, setOpen] = useState(false)
  const known = seen ?? (rule.forecast && rule.forecast.value === value ? rule.forecast : null)
  const word = (name: 'rule' | 'ruleText') => (t.has(`${name}.${rule.key}` as never) ? t(`${name}.${rule.key}` as never) : rule.key)
  const run = async (what: 'count' | 'save', work: () => Promise<void>) => {
    setBusy(what)
    await work().catch(toast.failed)
    setBusy(null)
  }
  const count = () => run('count', async () => setSeen(await client.privacy.forecast({ key: rule.key, value })))
  const save = () =>
    run('save', async () => {
      await client.privacy.setRetention({ key: rule.key, value })
      toast.undo(t('saved'), () => client.privacy.setRetention({ key: rule.key, value: rule.value }).then(() => again(api.privacy.key())))
      await again(api.privacy.key())
    })
  return (
    <Card title={word('rule')}>
      <p className="muted">{word('ruleText')}</p>
      <div className="retention-row">
        <NumberInput
          aria-label={word('rule')}
          w={150}
          min={0}
          max={36_500}
          allowDecimal={false}
          disabled={!may('settings.write')}
          value={value}
          suffix={value === 0 ? '' : ` ${t(rule.unit)}`}
          onChange={(to) => {
            setValue(Number(to) || 0)
            setSeen(null)
          }}
        />
        {value === 0 && <span className="muted">{t('forever')}</span>}
        {may('settings.write') && value !== rule.value && (
          <Button size="xs" loading={busy === 'save'} onClick={() => void save()}>
            OK
          </Button>
        )}
        <span className="retention-seen">
          {known ? (
            <>
              <b>{known.n > 0 ? t('forecastRows', { n: known.n, size: sizeOf(known.bytes) }) : t('forecastNone')}</b>
              <span className="muted">{t('countedAt', { when: f.ago(known.at) })}</span>
            </>
          ) : null}
        </span>
        <Button size="xs" variant="default" loading={busy === 'count'} onClick={() => void count()}>
          {t('count')}
        </Button>
        {rule.proposes && may('leads.erase') && (
          <Button size="xs" variant="subtle" onClick={() => setOpen(true)}>
            {t('proposalOpen')}
          </Button>
        )}
      </div>
      {rule.proposes && <Idle opened={open} onClose={() => setOpen(false)} />}
    </Card>
  )
}

/** 1,234 → 1.2 kB. */
function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** Leads long without a sign: each opens its page, where it can be erased by hand. */
function Idle({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('trust')
  const f = useFormats()
  const list = useInfiniteQuery({ ...paged(api.privacy.idle, { limit: 50 }), enabled: opened })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <SideDrawer opened={opened} onClose={onClose} title={t('proposal')}>
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.isPending && <Skeletons rows={6} height={40} />}
      {list.data && items.length === 0 && <p className="muted">{t('noPeople')}</p>}
      <ul className="plain-list">
        {items.map((one) => (
          <li key={one.id}>
            <a href={`/leads/${one.id}`}>
              <Who name={one.name || one.company || one.mail || t('noName')} sub={f.day(one.lastSeenAt)} />
            </a>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" fullWidth onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          +
        </Button>
      )}
    </SideDrawer>
  )
}
