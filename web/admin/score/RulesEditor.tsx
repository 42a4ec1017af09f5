import './score.css'
import { Button, Checkbox, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus, Scale } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type ScoreRule, scoreRules } from '#loop/score/rules/contract.ts'
import { api, client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { freshUuid } from '../parts/fresh.ts'
import { Meeting } from '../parts/Meeting.tsx'
import { Card } from '../parts/Page.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { firstOf } from '../segment/ConditionInput.tsx'
import { useRuleWords, type Vocabulary } from '../segment/ruleWords.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { CompareModal } from './Compare.tsx'
import { HeatInput, type Model } from './HeatInput.tsx'
import { RanksInput } from './RanksInput.tsx'
import { RuleRow } from './RuleRow.tsx'
import { useRules, type Written } from './useRules.ts'

const FIVE = ['attribute_plus', 'attribute_minus', 'behaviour_plus', 'behaviour_minus', 'total', 'recent'] as const

/** The table of one score: attribute and behaviour rules, thresholds, draft, comparison and publication. */
export function RulesEditor({
  model,
  start,
  isNew,
  onDirty,
}: {
  model: Model
  start: Written
  isNew: boolean
  onDirty: (dirty: boolean) => void
}) {
  const t = useWords('score')
  const toast = useToasts()
  const { may } = useSession()
  const { rules, settings, setRules, setSettings, busy, failed, run, ...draft } = useRules(model, start, isNew)
  useEffect(() => onDirty(draft.dirty), [onDirty, draft.dirty])
  const [asking, setAsking] = useState<'publish' | 'compare' | null>(null)
  const vocabulary = useQuery(api.scores.vocabulary.queryOptions({ input: {} }))
  const speaks: Vocabulary = { facts: vocabulary.data?.facts ?? [], events: [], segments: [] }
  const words = useRuleWords(speaks)
  const changed = !model.filling && draft.dirty
  const whole =
    scoreRules.safeParse(rules).success &&
    rules.every((rule) => rule.kind === 'attribute' || rule.match.filters.every((filter) => !('value' in filter) || filter.value !== ''))
  const mayWrite = may('scores.write') && !model.filling
  const set = (id: string, rule: ScoreRule | null) => setRules(rules.flatMap((one) => (one.id !== id ? [one] : rule ? [rule] : [])))
  const kinds = [
    { kind: 'attribute' as const, title: t('attributes'), hint: t('attributesHint'), add: t('addAttribute') },
    { kind: 'behaviour' as const, title: t('behaviours'), hint: t('behavioursHint'), add: t('addBehaviour') },
  ]
  return (
    <div className="stack score-page">
      <State model={model} changed={changed}>
        {mayWrite && (
          <>
            {model.draft && (
              <Button
                variant="subtle"
                color="gray"
                disabled={busy}
                onClick={() => void run(draft.drop, () => toast.done(t('droppedDraft')))}
              >
                {t('dropDraft')}
              </Button>
            )}
            <Button
              variant="default"
              disabled={!changed || !whole}
              loading={busy}
              onClick={() =>
                void run(
                  () => draft.save(),
                  () => toast.done(t('savedDraft')),
                )
              }
            >
              {t('saveDraft')}
            </Button>
            <Button
              variant="default"
              leftSection={<Scale size={15} />}
              disabled={!whole || (!model.draft && !changed) || busy}
              onClick={() => void run(draft.settle, () => setAsking('compare'))}
            >
              {t('compare')}
            </Button>
            <Button disabled={!whole || (!model.draft && !changed) || busy} onClick={() => setAsking('publish')}>
              {t('publish')}
            </Button>
          </>
        )}
      </State>
      {draft.meeting ? (
        <Meeting error={failed} busy={busy} onTheirs={() => void draft.meet('theirs')} onMine={() => void draft.meet('mine')} />
      ) : (
        <ErrorNote error={failed ?? vocabulary.error} />
      )}
      <div className="score-cols">
        <div className="stack">
          {kinds.map(({ kind, title, hint, add }) => (
            <Card key={kind} title={title}>
              <p className="muted hint">{hint}</p>
              <ul className="score-rules">
                {rules
                  .filter((rule) => rule.kind === kind)
                  .map((rule) => (
                    <RuleRow
                      key={rule.id}
                      rule={rule}
                      onChange={(to) => set(rule.id, to)}
                      vocabulary={speaks}
                      words={words}
                      readOnly={!mayWrite}
                    />
                  ))}
              </ul>
              {!rules.some((rule) => rule.kind === kind) && <p className="muted">{t('noRulesYet')}</p>}
              {mayWrite && (
                <Button
                  size="compact-sm"
                  variant="light"
                  mt={10}
                  leftSection={<Plus size={14} />}
                  disabled={vocabulary.isPending}
                  onClick={() => setRules([...rules, fresh(kind, speaks)])}
                >
                  {add}
                </Button>
              )}
            </Card>
          ))}
        </div>
        <div className="stack">
          <Card title={t('heat')}>
            <fieldset className="plain-set" disabled={!mayWrite}>
              <HeatInput settings={settings} onChange={setSettings} model={model} />
            </fieldset>
          </Card>
          <Card title={t('ranks')}>
            <fieldset className="plain-set" disabled={!mayWrite}>
              <RanksInput settings={settings} onChange={setSettings} readOnly={!mayWrite} />
            </fieldset>
          </Card>
          <Card title={t('columns')}>
            <p className="muted hint">{t('columnsHint')}</p>
            <dl className="five">
              {FIVE.map((column) => (
                <div key={column}>
                  <dt>{t(`column.${column}`)}</dt>
                  <dd className="muted">{t(`columnHelp.${column}`)}</dd>
                </div>
              ))}
            </dl>
          </Card>
        </div>
      </div>
      <PublishModal
        opened={asking === 'publish'}
        onClose={() => setAsking(null)}
        onPublish={(startsScenarios) =>
          void run(
            async () => client.scores.publish({ name: model.name, startsScenarios, basedOn: await draft.settle() }),
            () => toast.done(t('published')),
          ).then(() => setAsking(null))
        }
        busy={busy}
      />
      {asking === 'compare' && <CompareModal name={model.name} onClose={() => setAsking(null)} />}
    </div>
  )
}

function fresh(kind: ScoreRule['kind'], vocabulary: Vocabulary): ScoreRule {
  const fact = vocabulary.facts.find((one) => one.name === 'industry') ?? vocabulary.facts[0]
  if (kind === 'attribute') return { id: freshUuid(), kind, label: '', fact: fact?.name ?? 'industry', is: firstOf(fact), points: 10 }
  return {
    id: freshUuid(),
    kind,
    label: '',
    match: { event: 'page.viewed', filters: [] },
    points: 10,
    limit: { kind: 'each' },
    expiresDays: null,
  }
}

function State({ model, changed, children }: { model: Model; changed: boolean; children: React.ReactNode }) {
  const t = useWords('score')
  const f = useFormats()
  const shown = model.draft ?? model.live
  return (
    <div className="score-state">
      {model.draft || !model.live ? <Chip tone="amber">{t('draft')}</Chip> : <Chip tone="green">{t('inForce')}</Chip>}
      {shown && <span className="muted">{t('version', { n: shown.version, at: f.instant(shown.liveAt ?? shown.madeAt) })}</span>}
      {changed && <span className="muted">{t('unsaved')}</span>}
      {model.filling && (
        <div className="score-filling">
          <ProgressBar label={t('filling', { n: model.filling.version })} done={Math.round(model.filling.progress * 100)} total={100} />
        </div>
      )}
      <div className="push row wrap">{children}</div>
    </div>
  )
}

function PublishModal({
  opened,
  onClose,
  onPublish,
  busy,
}: {
  opened: boolean
  onClose: () => void
  onPublish: (startsScenarios: boolean) => void
  busy: boolean
}) {
  const t = useWords('score')
  const p = useWords('parts')
  const [starts, setStarts] = useState(false)
  return (
    <Modal opened={opened} onClose={onClose} title={t('publishTitle')} centered>
      <div className="stack">
        <p>{t('publishText')}</p>
        <Checkbox label={t('startsScenarios')} checked={starts} onChange={(e) => setStarts(e.currentTarget.checked)} />
        <div className="row">
          <Button variant="default" className="push" onClick={onClose}>
            {p('cancel')}
          </Button>
          <Button loading={busy} onClick={() => onPublish(starts)}>
            {t('publish')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
