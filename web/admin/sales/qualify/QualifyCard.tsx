import './qualify.css'
import { Button, NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ASKED, type Asked, type Framework, STATUS_WORDS, STATUSES, type Status } from '#loop/sales/qualify/asked/contract.ts'
import type { Answer } from '#loop/sales/qualify/contract.ts'
import { again, api, client } from '../../api.ts'
import { useLive } from '../../live.ts'
import { Chip } from '../../parts/Chip.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Card } from '../../parts/Page.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useProblemForm } from '../../parts/useProblemForm.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { dayOf } from '../../parts/zone.ts'
import { useSession } from '../../session.ts'
import { useLanguage, useWords } from '../../words/words.tsx'

const TONES = { unknown: 'grey', partly: 'amber', confirmed: 'green', negative: 'red' } as const

/** BANT or CHAMP of one lead: what is known, how sure, on what evidence; the questions stand beside the field being filled. */
export function QualifyCard({ leadId }: { leadId: string }) {
  const t = useWords('qualify')
  const { may } = useSession()
  const { language } = useLanguage()
  const [shown, setShown] = useState<Framework | null>(null)
  const [opened, setOpened] = useState<string | null>(null)
  const whole = useQuery(api.qualify.get.queryOptions({ input: { leadId } }))
  useLive('qualification', () => void again(api.qualify.key()))
  const { data } = whole
  if (!data)
    return (
      <Card title={t('card')}>
        {whole.error ? <ErrorNote error={whole.error} retry={whole.refetch} /> : <Skeletons rows={4} height={32} />}
      </Card>
    )
  const framework = shown ?? data.framework
  const known = data.known[framework]
  return (
    <Card title={t('card')} aside={t('known', { n: String(known) })}>
      <div className="stack">
        <div className="qualify-bar" aria-hidden>
          <i style={{ width: `${known}%` }} />
        </div>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('framework')}
          value={framework}
          onChange={(to) => {
            setOpened(null)
            setShown(to as Framework)
          }}
          data={['bant', 'champ'].map((value) => ({ value, label: value.toUpperCase() }))}
        />
        <ul className="qualify-list">
          {ASKED[framework].map((asked) => {
            const answer = data.answers.find((one) => one.framework === framework && one.field === asked.field)
            const isOpen = opened === asked.field
            return (
              <li className="qualify-item" key={`${framework}.${asked.field}`}>
                <button
                  type="button"
                  className="qualify-head"
                  aria-expanded={isOpen}
                  disabled={!may('leads.write')}
                  onClick={() => setOpened(isOpen ? null : asked.field)}
                >
                  <b>{asked[language]}</b>
                  <Chip tone={TONES[answer?.status ?? 'unknown']}>{wordOf(answer?.status ?? 'unknown', language)}</Chip>
                  {!isOpen && <Said answer={answer} />}
                </button>
                {isOpen && answer && <Edit leadId={leadId} asked={asked} answer={answer} onDone={() => setOpened(null)} />}
              </li>
            )
          })}
        </ul>
      </div>
    </Card>
  )
}

const wordOf = (status: Status, language: 'ja' | 'en'): string => STATUS_WORDS.find((one) => one.value === status)?.[language] ?? status

function Said({ answer }: { answer: Answer | undefined }) {
  const t = useWords('qualify')
  const f = useFormats()
  if (!answer?.changedAt) return null
  return (
    <>
      <span className="qualify-said">{answer.evidence || <span className="muted">{t('noEvidence')}</span>}</span>
      <span className="muted qualify-said">
        {t('by', { name: answer.changedBy ?? '', day: answer.heardOn ? f.day(`${answer.heardOn}T12:00:00`) : '' })}
      </span>
    </>
  )
}

type Values = { status: Status; evidence: string; heardOn: string; activityId: string }

function Edit({ leadId, asked, answer, onDone }: { leadId: string; asked: Asked; answer: Answer; onDone: () => void }) {
  const t = useWords('qualify')
  const toast = useToasts()
  const f = useFormats()
  const { language } = useLanguage()
  const activities = useQuery(api.activities.list.queryOptions({ input: { leadId, limit: 20 } }))
  const form = useProblemForm<Values>({
    initialValues: {
      status: answer.status,
      evidence: answer.evidence,
      heardOn: answer.heardOn ?? dayOf(new Date()),
      activityId: answer.activityId ?? '',
    },
  })
  const put = ({ status, evidence, heardOn, activityId }: Values) =>
    client.qualify.set({
      ...{ leadId, framework: answer.framework, field: answer.field, status, evidence },
      ...(heardOn ? { heardOn } : {}),
      activityId: activityId || null,
    })
  const before: Values = {
    status: answer.status,
    evidence: answer.evidence,
    heardOn: answer.heardOn ?? '',
    activityId: answer.activityId ?? '',
  }
  const save = form.send(put, () => {
    void again(api.qualify.key(), api.leads.key(), api.history.key())
    toast.undo(t('saved', { field: asked[language] }), () => put(before).then(() => again(api.qualify.key())))
    onDone()
  })
  return (
    <form className="qualify-form" onSubmit={save} noValidate>
      <ul className="qualify-asks" aria-label={t('ask')}>
        {asked.questions[language].map((question) => (
          <li key={question}>{question}</li>
        ))}
      </ul>
      <NativeSelect
        size="xs"
        label={t('status')}
        data={STATUSES.map((value) => ({ value, label: wordOf(value, language) }))}
        {...form.getInputProps('status')}
      />
      <Textarea
        size="xs"
        label={t('evidence')}
        placeholder={t('evidencePlaceholder')}
        autosize
        minRows={2}
        maxLength={2000}
        {...form.getInputProps('evidence')}
      />
      <div className="form-pair">
        <TextInput size="xs" type="date" label={t('heardOn')} {...form.getInputProps('heardOn')} />
        <NativeSelect
          size="xs"
          label={t('activity')}
          data={[
            { value: '', label: t('noActivity') },
            ...(activities.data?.items ?? []).map((one) => ({
              value: one.id,
              label: `${f.day(one.at)} ${(one.body ?? '').slice(0, 24) || one.userName}`,
            })),
          ]}
          {...form.getInputProps('activityId')}
        />
      </div>
      <ErrorNote error={form.failed} />
      <span className="row">
        <Button size="xs" type="submit" loading={form.busy}>
          {t('save')}
        </Button>
      </span>
    </form>
  )
}
