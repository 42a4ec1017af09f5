import './issues.css'
import { UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { api, type client } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Card } from '../../parts/Page.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import { RehearseModal } from '../RehearseModal.tsx'
import type { Line } from './plan.ts'

type Row = Awaited<ReturnType<typeof client.lines.readiness>>['rows'][number]

const ICONS = {
  ok: <CircleCheck size={18} color="var(--green)" aria-hidden />,
  warn: <TriangleAlert size={18} color="var(--amber)" aria-hidden />,
  todo: <CircleDashed size={18} color="var(--sub)" aria-hidden />,
}

/** What a regular newsletter still lacks before its first issue, in numbers of this company. */
export function ReadyCard({ line, onPlan, onEdit }: { line: Line; onPlan: () => void; onEdit: () => void }) {
  const t = useWords('calendar')
  const ready = useQuery(api.lines.readiness.queryOptions({ input: { id: line.id } }))
  const data = ready.data
  return (
    <Card title={t('ready')} aside={data && <span className="num">{t('readyOf', { n: data.ready, of: data.of })}</span>}>
      <p className="muted mail-hint">{t('readyText')}</p>
      <ErrorNote error={ready.error} retry={ready.refetch} />
      {ready.isPending && <Skeletons rows={9} height={40} />}
      <ul className="ready-list">
        {data?.rows.map((row) => (
          <li key={row.key}>
            {ICONS[row.state]}
            <div>
              <div className="row wrap">
                <b>{t(`row.${row.key}`)}</b>
                <span className="muted">{t(`readyState.${row.state}`)}</span>
              </div>
              <Why row={row} />
              <Way row={row} line={line} onPlan={onPlan} onEdit={onEdit} />
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Why a row stands as it does, with its numbers. */
function Why({ row: { key, why, n, said } }: { row: Row }) {
  const t = useWords('calendar')
  const f = useFormats()
  const values: Record<string, string | number> = { ...n }
  const [first = '', ...others] = said
  if (key === 'domain') {
    values['from'] = first
    values['what'] = others
      .map((one) => one.split(':'))
      .filter(([, light]) => light !== 'good')
      .map(([what]) => what?.toUpperCase())
      .join('・')
  }
  if (key === 'legal')
    values['what'] = said.map((field) => t(`why.legalField.${field as 'address'}`)).join(f.language === 'ja' ? '・' : ', ')
  if (key === 'people') values['owner'] = first
  if (key === 'test' && first) values['at'] = f.instant(first)
  if (key === 'capacity')
    values['rate'] = [
      n['perMinute'] === undefined ? '' : t('why.limit', { perMinute: n['perMinute'], largest: n['largest'] ?? 0 }),
      n['measured'] === undefined ? '' : t('why.measured', { measured: n['measured'] }),
    ].join('')
  // The server names one of the sentences of its row.
  return <div className="muted">{t(`why.${key}.${why}` as 'why.reach.good', values as never)}</div>
}

/** What to do about a row, and where. */
function Way({ row, line, onPlan, onEdit }: { row: Row; line: Line; onPlan: () => void; onEdit: () => void }) {
  const t = useWords('calendar')
  if (row.state === 'ok') return null
  const to = (path: string, word: 'reach' | 'fields' | 'domain' | 'legal' | 'template' | 'capacity') => (
    <Link to={path as string}>{t(`link.${word}`)}</Link>
  )
  const edit = (
    <UnstyledButton className="ready-act" onClick={onEdit}>
      {t('link.settings')}
    </UnstyledButton>
  )
  if (row.key === 'reach') return row.why === 'nobody' ? edit : to('/consents', 'reach')
  if (row.key === 'fields') return row.why === 'nobody' ? null : to('/leads', 'fields')
  if (row.key === 'domain')
    return row.why === 'noSender' || row.why === 'exempt' ? to('/settings/mail', 'capacity') : to('/settings/mail/domain', 'domain')
  if (row.key === 'legal') return to('/settings', 'legal')
  if (row.key === 'template') return line.templateId && row.why === 'warnings' ? to(`/templates/${line.templateId}`, 'template') : edit
  if (row.key === 'people') return edit
  if (row.key === 'capacity') return row.why === 'nobody' ? null : to('/settings/mail', 'capacity')
  if (row.key === 'content')
    return (
      <UnstyledButton className="ready-act" onClick={onPlan}>
        {t('link.content')}
      </UnstyledButton>
    )
  return line.templateId ? <Rehearse line={line} templateId={line.templateId} /> : edit
}

function Rehearse({ line, templateId }: { line: Line; templateId: string }) {
  const t = useWords('calendar')
  const [opened, setOpened] = useState(false)
  return (
    <>
      <UnstyledButton className="ready-act" onClick={() => setOpened(true)}>
        {t('link.test')}
      </UnstyledButton>
      <RehearseModal opened={opened} templateId={templateId} sender={line.sender} onClose={() => setOpened(false)} />
    </>
  )
}
