import '../sales.css'
import '../../segment/segment.css'
import './qualify.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Handshake, Pencil } from 'lucide-react'
import { useState } from 'react'
import type { Framework } from '#loop/sales/qualify/asked/contract.ts'
import type { MqlDefinition, MqlVersion } from '#loop/sales/qualify/mql/contract.ts'
import { again, api, client } from '../../api.ts'
import { useLive } from '../../live.ts'
import { Chip } from '../../parts/Chip.tsx'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Kpi, Kpis } from '../../parts/Kpi.tsx'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { type RuleWords, useRuleWords } from '../../segment/ruleWords.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { MqlEditor } from './MqlEditor.tsx'
import { Handed, handedOf, Past } from './MqlPast.tsx'

/** What an MQL is: the sentence both departments agreed to, version by version, with what came of each. */
export function MqlPage() {
  const t = useWords('qualify')
  const sales = useWords('sales')
  const { may } = useSession()
  const [editing, setEditing] = useState(false)
  const definition = useQuery({
    ...api.mql.get.queryOptions({ input: {} }),
    refetchInterval: (query) => (query.state.data?.segment?.filling != null ? 1_500 : false),
  })
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords(vocabulary.data)
  useLive('mql', () => void again(api.mql.key()))
  useLive('handoffs', () => void again(api.mql.key()))
  const { data } = definition
  const begin = data?.proposed ?? data?.live
  if (editing && data) return <MqlEditor definition={data} onClose={() => setEditing(false)} />
  return (
    <>
      <PageTop title={t('mql')} crumb={sales('handoffs')} crumbTo="/handoffs">
        {may('scores.write') && begin && (
          <Button variant="default" leftSection={<Pencil size={15} />} onClick={() => setEditing(true)}>
            {t(data?.proposed ? 'editProposal' : 'edit')}
          </Button>
        )}
      </PageTop>
      <Page narrow>
        <ErrorNote error={definition.error} retry={definition.refetch} />
        {definition.isPending && <Skeletons rows={5} height={56} />}
        {data && !begin && (
          <EmptyState
            icon={Handshake}
            title={t('mqlEmpty')}
            action={may('scores.write') && <Button onClick={() => setEditing(true)}>{t('mqlStart')}</Button>}
          >
            {t('mqlEmptyText')}
          </EmptyState>
        )}
        {data?.proposed && <Proposed version={data.proposed} words={words} />}
        {data?.live && <Live version={data.live} segment={data.segment} words={words} />}
        {data && data.past.length > 0 && <Past versions={data.past} words={words} />}
        <FrameworkCard />
      </Page>
    </>
  )
}

function Proposed({ version, words }: { version: MqlVersion; words: RuleWords }) {
  const t = useWords('qualify')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const [busy, setBusy] = useState(false)
  const agreed = version.marketing && version.sales
  const run = (act: () => Promise<unknown>, said: string) => {
    setBusy(true)
    act()
      .then(() => toast.done(said), toast.failed)
      .finally(() => {
        setBusy(false)
        void again(api.mql.key())
      })
  }
  const drop = () =>
    client.mql.drop({ basedOn: version.revision }).then(({ revision: basedOn }) => {
      void again(api.mql.key())
      toast.undo(t('dropped'), () =>
        client.mql.propose({ rule: version.rule, note: version.note, basedOn }).finally(() => again(api.mql.key())),
      )
    }, toast.failed)
  return (
    <Card
      title={
        <>
          {t('proposed')} <Chip tone="amber">{t('version', { n: String(version.version) })}</Chip>
        </>
      }
      aside={t('madeBy', { name: version.madeBy, day: f.day(version.madeAt) })}
    >
      <div className="stack mql-text">
        <p className="rule-said">{words.ruleText(version.rule)}</p>
        {version.note && <p className="muted">{version.note}</p>}
        <Marks version={version} />
        {may('scores.write') && (
          <>
            {!agreed && <p className="muted">{t('notAgreed')}</p>}
            <span className="row">
              <Button
                loading={busy}
                onClick={() => run(() => client.mql.publish({ basedOn: version.revision }), t('published', { n: String(version.version) }))}
                variant={agreed ? 'filled' : 'default'}
              >
                {t('publish')}
              </Button>
              <Button variant="subtle" color="gray" onClick={() => void drop()}>
                {t('drop')}
              </Button>
            </span>
          </>
        )}
      </div>
    </Card>
  )
}

const SIDES = ['marketing', 'sales'] as const

/** Who agreed for each department. */
function Marks({ version }: { version: MqlVersion }) {
  const t = useWords('qualify')
  const f = useFormats()
  const toast = useToasts()
  const { user, may } = useSession()
  const speaks = (side: (typeof SIDES)[number]) =>
    may('handoffs.write') && (user?.role === 'owner' || user?.role === (side === 'sales' ? 'sales' : 'marketer'))
  // Whoever agrees agrees to what they see.
  const seen = version.state === 'proposed' ? { basedOn: version.revision } : {}
  const agree = (side: (typeof SIDES)[number], agrees: boolean) =>
    client.mql.agree({ version: version.version, side, agrees, ...seen }).then(() => again(api.mql.key()), toast.failed)
  return (
    <div className="mql-marks">
      {SIDES.map((side) => {
        const mark = version[side]
        return (
          <div className="mql-mark" key={side}>
            <b>{t(side === 'sales' ? 'agreedSales' : 'agreedMarketing')}</b>
            {mark ? (
              <Chip tone="green">{t('agreedBy', { name: mark.by, day: f.day(mark.at) })}</Chip>
            ) : (
              <Chip tone="amber">{t('notYet')}</Chip>
            )}
            {speaks(side) && (
              <Button size="compact-xs" variant={mark ? 'subtle' : 'light'} onClick={() => void agree(side, !mark)}>
                {t(mark ? 'takeBack' : 'agree')}
              </Button>
            )}
          </div>
        )
      })}
    </div>
  )
}

function Live({ version, segment, words }: { version: MqlVersion; segment: MqlDefinition['segment']; words: RuleWords }) {
  const t = useWords('qualify')
  const f = useFormats()
  const people = t('people')
  return (
    <>
      <Card
        title={
          <>
            {t('inForce')} <Chip tone="green">{t('version', { n: String(version.version) })}</Chip>
          </>
        }
        aside={t('since', { day: f.day(version.liveAt ?? version.madeAt), name: version.liveBy ?? '' })}
      >
        <div className="stack mql-text">
          <p className="rule-said">{words.ruleText(version.rule)}</p>
          {version.note && <p className="muted">{version.note}</p>}
          <Marks version={version} />
          {segment?.filling != null && <p className="muted">{t('computing')}</p>}
          {segment?.differs && (
            <p role="alert">
              <Chip tone="red">{t('differs')}</Chip>
            </p>
          )}
        </div>
      </Card>
      <Kpis>
        <Kpi
          label={t('matching')}
          value={segment ? `${f.number(segment.members)}${segment.isEstimate ? '+' : ''}` : '—'}
          unit={people}
          hint={t('mqlShort', { n: String(version.version) })}
          {...(segment ? { to: `/segments/${segment.id}` } : {})}
        />
        <Kpi
          label={t('handed')}
          value={f.number(version.handed)}
          unit={people}
          hint={
            <>
              {t('met')} <Handed version={version} of="met" />
            </>
          }
          to="/handoffs"
          search={handedOf(version, 'handed')}
        />
        {(['accepted', 'returned'] as const).map((of) => (
          <Kpi
            key={of}
            label={t(of)}
            value={f.number(version[of])}
            unit={people}
            hint={t('mqlShort', { n: String(version.version) })}
            to="/handoffs"
            search={handedOf(version, of)}
          />
        ))}
      </Kpis>
    </>
  )
}

/** BANT or CHAMP: which one a lead's page asks. */
function FrameworkCard() {
  const t = useWords('qualify')
  const toast = useToasts()
  const { may } = useSession()
  const settings = useQuery(api.qualify.settings.queryOptions({ input: {} }))
  const save = (framework: Framework) =>
    client.qualify.saveSettings({ framework }).then(() => {
      void again(api.qualify.key())
      toast.done(t('frameworkSaved', { name: framework.toUpperCase() }))
    }, toast.failed)
  return (
    <Card title={t('framework')}>
      <div className="stack mql-text">
        <p className="muted">{t('frameworkHint')}</p>
        {settings.data && (
          <SegmentedControl
            aria-label={t('framework')}
            disabled={!may('scores.write')}
            value={settings.data.framework}
            onChange={(to) => void save(to as Framework)}
            data={['bant', 'champ'].map((value) => ({ value, label: value.toUpperCase() }))}
          />
        )}
        <Link to={'/guard' as string}>{t('guard')}</Link>
      </div>
    </Card>
  )
}
