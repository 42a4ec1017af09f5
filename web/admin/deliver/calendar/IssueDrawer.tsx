import './issues.css'
import { Button, NativeSelect, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ExternalLink, Mail, RotateCcw, SkipForward, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../../api.ts'
import { useColleagues } from '../../identify/useColleagues.ts'
import { Chip } from '../../parts/Chip.tsx'
import { FormDrawer } from '../../parts/FormDrawer.tsx'
import { useProblemForm } from '../../parts/useProblemForm.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { localOf } from '../../parts/zone.ts'
import { useWords } from '../../words/words.tsx'
import { type Issue, isMovable, type Line, type Month, TONES, useDays } from './plan.ts'
import { usePlanActs } from './usePlanActs.ts'

interface DrawerProps {
  lines: readonly Line[]
  /** The issue being changed; none: a new one. */
  issue?: Issue | undefined
  day: string
  lineId?: string | undefined
  days: Month['days']
  mayWrite: boolean
  onClose: () => void
}

/** An issue in the plan: its day, theme and owner, and the newsletter it becomes. */
export function IssueDrawer({ lines, issue, day, lineId, days, mayWrite, onClose }: DrawerProps) {
  const t = useWords('calendar')
  const words = useDays()
  const toast = useToasts()
  const acts = usePlanActs()
  const { active } = useColleagues()
  const form = useProblemForm({
    initialValues: {
      lineId: issue?.lineId ?? lineId ?? lines[0]?.id ?? '',
      day: issue?.day ?? day,
      theme: issue?.theme ?? '',
      content: issue?.content ?? '',
      ownerId: (issue?.ownerId ?? null) as string | null,
      dueOn: issue?.dueOn ?? '',
      newsletterId: null as string | null,
    },
  })
  const values = form.getValues()
  const line = lines.find(({ id }) => id === values.lineId)
  const off = days.find((one) => one.day === values.day && (one.closed || one.holiday !== null))
  const send = form.send(
    async (given) => {
      const told = { day: given.day, theme: given.theme, content: given.content, ownerId: given.ownerId, dueOn: dueOf(given, issue) }
      if (!issue) return client.lines.addIssue({ lineId: given.lineId, ...told, newsletterId: given.newsletterId })
      await client.lines.updateIssue({ id: issue.id, ...told })
      return { id: issue.id }
    },
    ({ id }) => {
      void again(api.lines.key())
      onClose()
      if (issue) return toast.done(t('issueSaved'))
      toast.undo(t('issueMade', { day: words.day(values.day) }), () => client.lines.removeIssue({ id }).finally(acts.reload))
    },
  )
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t(issue ? 'editIssue' : 'addIssue')}
      {...(issue ? {} : { verb: t('addIssue') })}
      busy={form.busy}
      failed={form.failed}
      readOnly={!mayWrite}
      onSubmit={send}
    >
      {issue && (
        <div className="row wrap">
          <b>{issue.lineName}</b>
          <Chip tone={TONES[issue.state]}>{t(`state.${issue.state}`)}</Chip>
          {issue.late && <span className="issue-late">{t('late')}</span>}
        </div>
      )}
      {issue && mayWrite && <Newsletter issue={issue} />}
      {!issue && (
        <NativeSelect
          label={t('line')}
          data={lines.map(({ id, name }) => ({ value: id, label: name }))}
          disabled={lines.length < 2}
          {...form.getInputProps('lineId')}
        />
      )}
      <TextInput
        type="date"
        label={t('day')}
        required
        disabled={issue ? !isMovable(issue) : false}
        description={
          issue && !isMovable(issue)
            ? t('begunHint')
            : off
              ? t('offDay', { day: words.day(off.day), why: off.holiday ?? t('closed') })
              : undefined
        }
        {...form.getInputProps('day')}
      />
      <TextInput label={t('theme')} placeholder={t('themeHint')} maxLength={120} data-autofocus {...form.getInputProps('theme')} />
      <TextInput
        label={t('content')}
        placeholder={t('contentHint')}
        maxLength={500}
        rightSection={/^https?:\/\//.test(values.content) ? <Outside href={values.content} label={t('lookAt')} /> : null}
        {...form.getInputProps('content')}
      />
      <Select
        label={t('owner')}
        placeholder={line?.ownerName ?? t('ownerOfLine')}
        clearable
        searchable
        data={active.map((one) => ({ value: one.id, label: one.name }))}
        {...form.getInputProps('ownerId')}
      />
      <TextInput type="date" label={t('due')} description={t('dueHint', { n: line?.draftDays ?? 0 })} {...form.getInputProps('dueOn')} />
      {!issue && (
        <Attach
          value={values.newsletterId}
          onChange={(id, sentOn) => {
            form.setFieldValue('newsletterId', id)
            if (sentOn) form.setFieldValue('day', sentOn)
          }}
        />
      )}
      {issue && mayWrite && issue.state !== 'sent' && (
        <div className="row wrap issue-more">
          {isMovable(issue) && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={issue.state === 'skipped' ? <RotateCcw size={13} /> : <SkipForward size={13} />}
              onClick={() => acts.skip(issue, issue.state !== 'skipped').then(onClose)}
            >
              {t(issue.state === 'skipped' ? 'unskip' : 'skip')}
            </Button>
          )}
          <Button variant="default" size="compact-sm" leftSection={<Trash2 size={13} />} onClick={() => acts.remove(issue).then(onClose)}>
            {t('remove')}
          </Button>
        </div>
      )}
    </FormDrawer>
  )
}

/** The due day moves with the issue unless somebody chose one. */
const dueOf = (given: { readonly day: string; readonly dueOn: string }, issue: Issue | undefined): string | null =>
  given.dueOn && (!issue || given.dueOn !== issue.dueOn || given.day === issue.day) ? given.dueOn : null

function Outside({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" aria-label={label}>
      <ExternalLink size={14} aria-hidden />
    </a>
  )
}

/** The way to the newsletter of an issue, which is made when there is none. */
function Newsletter({ issue }: { issue: Issue }) {
  const t = useWords('calendar')
  const acts = usePlanActs()
  const [busy, setBusy] = useState(false)
  if (issue.state === 'skipped') return null
  const isThere = issue.newsletterId !== null && issue.state !== 'cancelled'
  return (
    <div className="issue-newsletter">
      <Button
        leftSection={<Mail size={15} />}
        variant={isThere ? 'default' : 'filled'}
        loading={busy}
        onClick={() => {
          setBusy(true)
          void acts.open(issue).finally(() => setBusy(false))
        }}
      >
        {t(isThere ? 'openNewsletter' : 'makeNewsletter')}
      </Button>
      {!isThere && <span className="muted">{t('makeHint')}</span>}
    </div>
  )
}

/** A newsletter that went out before there was a plan: it shows the interval that was really kept. Its day is the day it went out. */
function Attach({ value, onChange }: { value: string | null; onChange: (id: string | null, sentOn: string) => void }) {
  const t = useWords('calendar')
  const sent = useQuery(api.newsletters.list.queryOptions({ input: { limit: 100 } }))
  const data = (sent.data?.items ?? []).filter((one) => one.startedAt !== null).map((one) => ({ value: one.id, label: one.name }))
  if (!data.length) return null
  const sentOn = (id: string | null) => localOf(sent.data?.items.find((one) => one.id === id)?.startedAt ?? null).slice(0, 10)
  return (
    <Select
      label={t('attach')}
      description={t('attachHint')}
      clearable
      searchable
      data={data}
      value={value}
      onChange={(id) => onChange(id, sentOn(id))}
    />
  )
}
