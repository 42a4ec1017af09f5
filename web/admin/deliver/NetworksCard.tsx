import './sending.css'
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type State = Awaited<ReturnType<typeof client.mailNetworks.read>>
type Own = State['own'][number]
const KINDS = ['gateway', 'datacentre', 'people'] as const
const TONES = { gateway: 'red', datacentre: 'amber', apple: 'grey' } as const

/** Networks by which opens and clicks of machines are told from those of people, and the operator's own. */
export function NetworksCard() {
  const t = useWords('receivers')
  const networks = useQuery(api.mailNetworks.read.queryOptions({ input: {} }))
  return (
    <Card title={t('networks')}>
      <p className="muted mail-hint">{t('networksHint')}</p>
      <ErrorNote error={networks.error} retry={networks.refetch} />
      {networks.isPending && <Skeletons rows={2} />}
      {networks.data && (
        <div className="stack">
          <OwnForm own={networks.data.own} />
          <Swept swept={networks.data.swept} />
          <Known known={networks.data.known} />
        </div>
      )}
    </Card>
  )
}

function OwnForm({ own }: { own: readonly Own[] }) {
  const t = useWords('receivers')
  const toast = useToasts()
  const { may } = useSession()
  const p = useWords('parts')
  const needed = (text: string) => (text.trim() ? null : p('errors.needed'))
  const form = useProblemForm<{ own: Own[] }>({ initialValues: { own: [...own] }, validate: { own: { range: needed, name: needed } } })
  const save = form.send(
    (values) => client.mailNetworks.save(values),
    (saved) => {
      form.setValues(saved)
      form.resetDirty(saved)
      void again(api.mailNetworks.key())
      toast.done(t('networksSaved'))
    },
  )
  return (
    <form onSubmit={save} noValidate>
      <fieldset className="section stack" disabled={!may('settings.write')}>
        {form.values.own.map((_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place until they are saved
          <div className="network-row" key={i}>
            <TextInput label={t('range')} placeholder="203.0.113.0/24" autoComplete="off" {...form.getInputProps(`own.${i}.range`)} />
            <TextInput label={t('networkName')} autoComplete="off" {...form.getInputProps(`own.${i}.name`)} />
            <NativeSelect
              label={t('networkKind')}
              data={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
              {...form.getInputProps(`own.${i}.kind`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeRange', { range: form.values.own[i]?.range ?? '' })}
              onClick={() => form.removeListItem('own', i)}
            >
              <Trash2 size={15} />
            </ActionIcon>
          </div>
        ))}
        <ErrorNote error={form.failed} />
        {may('settings.write') && (
          <div className="row wrap">
            <Button
              size="compact-sm"
              variant="default"
              disabled={form.values.own.length >= 200}
              onClick={() => form.insertListItem('own', { range: '', kind: 'gateway', name: '' })}
            >
              {t('addRange')}
            </Button>
            {form.isDirty() && (
              <Button size="compact-sm" type="submit" loading={form.busy}>
                {t('save')}
              </Button>
            )}
          </div>
        )}
      </fieldset>
    </form>
  )
}

/** What was learned of receiving domains; nothing is shown before there is something. */
function Swept({ swept }: { swept: State['swept'] }) {
  const t = useWords('receivers')
  if (!swept.length) return null
  return (
    <details className="networks-known">
      <summary>{t('swept', { n: swept.length })}</summary>
      <p className="muted">{t('sweptHint')}</p>
      <ul>
        {swept.map((one) => (
          <li key={one.domain}>
            <span className="row wrap">
              <b>{one.domain}</b>
              <span className="muted num">{t('sweptOf', { swept: one.swept, mails: one.mails })}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Known({ known }: { known: State['known'] }) {
  const t = useWords('receivers')
  return (
    <details className="networks-known">
      <summary>{t('known', { n: known.reduce((sum, one) => sum + one.ranges.length, 0) })}</summary>
      <ul>
        {known.map((one) => (
          <li key={one.owner}>
            <span className="row wrap">
              <b>{one.owner}</b>
              <Chip tone={TONES[one.kind]}>{t(`kinds.${one.kind}`)}</Chip>
            </span>
            <span className="muted">{t('source', { source: one.source })}</span>
            <code>{one.ranges.join('  ')}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}
