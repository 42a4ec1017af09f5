import './score.css'
import { Button, Tabs, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Scale, Target } from 'lucide-react'
import { useState } from 'react'
import { STARTER_SETTINGS, starterRules } from '#loop/score/starter/contract.ts'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { viewOf } from '../parts/view.ts'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { BOOK_RULES, BOOK_SETTINGS } from './book.ts'
import { RulesEditor } from './RulesEditor.tsx'

const view = viewOf({ score: (raw) => (typeof raw === 'string' && raw ? raw : 'main') })

/** The rules of every score: table in force, draft, comparison, publication. */
export function ScoresPage() {
  const t = useWords('score')
  const { may } = useSession()
  const [{ score }, setSearch] = useSearchOf(view)
  const [adding, setAdding] = useState(false)
  const scores = useQuery({
    ...api.scores.list.queryOptions({ input: {} }),
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.filling) ? 1_000 : false),
  })
  const settle = useSettled(() => void again(api.scores.list.key()))
  useLive('scores', settle)
  useLive('people', settle)
  const items = scores.data?.items ?? []
  const shown = items.find((one) => one.name === score) ?? items[0]
  return (
    <>
      <PageTop title={t('title')}>
        {may('reports.read') && shown?.live && (
          <Button
            component={Link}
            to="/scores/proof"
            search={{ score: shown.name } as never}
            variant="default"
            leftSection={<Scale size={15} />}
          >
            {t('proof')}
          </Button>
        )}
        {may('scores.write') && (
          <Button variant="default" leftSection={<Plus size={15} />} onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        )}
      </PageTop>
      {items.length > 1 && shown && (
        <div className="tab-bar">
          <Tabs value={shown.name} onChange={(to) => setSearch({ score: to ?? 'main' })}>
            <Tabs.List>
              {items.map((one) => (
                <Tabs.Tab key={one.name} value={one.name}>
                  {one.label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
          </Tabs>
        </div>
      )}
      <Page>
        {scores.isPending && <Skeletons rows={8} height={44} />}
        <ErrorNote error={scores.error} retry={scores.refetch} />
        {shown && <Model key={shown.name} model={shown} />}
      </Page>
      <AddDrawer opened={adding} onClose={() => setAdding(false)} onAdded={(name) => setSearch({ score: name })} />
    </>
  )
}

type Model = Awaited<ReturnType<typeof client.scores.list>>['items'][number]

function Model({ model }: { model: Model }) {
  const t = useWords('score')
  const { may } = useSession()
  const [begun, setBegun] = useState<'blank' | 'book' | null>(null)
  // A table with words of somebody on it stays open, though a colleague throws the draft away beneath it.
  const [dirty, setDirty] = useState(false)
  const [starting, setStarting] = useState(false)
  const toast = useToasts()
  const groups = useQuery({ ...api.track.pageGroups.queryOptions({ input: {} }), retry: false })
  // One click: the ready definition is saved and published, and everybody is scored by it.
  const start = async () => {
    setStarting(true)
    try {
      const pricing = groups.data?.items.find((one) => /料金|価格|費用|pricing|price/i.test(`${one.name} ${one.patterns.join(' ')}`))
      const table = { rules: starterRules(pricing?.id ?? null), settings: STARTER_SETTINGS }
      const { revision } = await client.scores.saveDraft({ name: model.name, ...table, basedOn: model.revision })
      await client.scores.publish({ name: model.name, basedOn: revision })
      await again(api.scores.key())
    } catch (error) {
      toast.failed(error)
    } finally {
      setStarting(false)
    }
  }
  const source = model.draft ?? model.live
  if (source || model.filling || begun || dirty)
    return (
      <RulesEditor
        model={model}
        start={{ rules: begun === 'book' ? BOOK_RULES : [], settings: BOOK_SETTINGS }}
        onDirty={setDirty}
        isNew={!source && begun !== null}
      />
    )
  return (
    <EmptyState
      icon={Target}
      title={t('noRules')}
      action={
        may('scores.write') && (
          <>
            <Button loading={starting} onClick={() => void start()}>
              {t('startReady')}
            </Button>
            <Button variant="default" onClick={() => setBegun('book')}>
              {t('startBook')}
            </Button>
            <Button variant="default" onClick={() => setBegun('blank')}>
              {t('startBlank')}
            </Button>
          </>
        )
      }
    >
      {t('noRulesText')} {t('startReadyText')}
    </EmptyState>
  )
}

function AddDrawer({ opened, onClose, onAdded }: { opened: boolean; onClose: () => void; onAdded: (name: string) => void }) {
  const t = useWords('score')
  const form = useProblemForm({ initialValues: { label: '', name: '' } })
  const done = ({ name }: { name: string }) => {
    void again(api.scores.key())
    form.reset()
    onAdded(name)
    onClose()
  }
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('add')}
      verb={t('add')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send((values) => client.scores.add(values), done)}
    >
      <p className="muted">{t('addHint')}</p>
      <TextInput label={t('label')} required maxLength={80} {...form.getInputProps('label')} />
      <TextInput
        label={t('name')}
        description={t('nameHint')}
        required
        maxLength={40}
        placeholder="estate"
        {...form.getInputProps('name')}
      />
    </FormDrawer>
  )
}
