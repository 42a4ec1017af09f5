import { Button, NumberInput, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import type { Lift } from '#loop/measure/lift/contract.ts'
import { again, api, client } from '../../api.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useFormats } from '../../parts/formats.ts'
import { Card, Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import { LiftFigures } from './LiftFigures.tsx'

type Found = Awaited<ReturnType<typeof client.lift.company>>

/** The control group of the whole company, and what all marketing has brought against it. */
export function HoldoutPage() {
  const t = useWords('lift')
  const [level, setLevel] = useState<'90' | '95'>('95')
  const found = useQuery(api.lift.company.queryOptions({ input: { level } }))
  return (
    <>
      <PageTop title={t('title')} />
      <Page>
        <p className="muted lift-method">{t('text')}</p>
        <ErrorNote error={found.error} retry={found.refetch} />
        {found.isPending && <Skeletons rows={5} height={72} />}
        {found.data && (
          <>
            <Share key={found.data.share} found={found.data} />
            <Result found={found.data} level={level} onLevel={setLevel} />
            <Past found={found.data} />
          </>
        )}
      </Page>
    </>
  )
}

function Share({ found }: { found: Found }) {
  const t = useWords('lift')
  const { may } = useSession()
  const toast = useToasts()
  const [share, setShare] = useState(found.share)
  const [busy, setBusy] = useState(false)
  const set = (to: number) => client.lift.setHoldout({ share: to }).then(() => again(api.lift.key()))
  const save = async () => {
    setBusy(true)
    await set(share).then(() => toast.undo(t('saved', { n: share }), () => set(found.share)), toast.failed)
    setBusy(false)
  }
  return (
    <Card title={t('share')}>
      <div className="lift-share">
        <NumberInput
          aria-label={t('share')}
          w={110}
          min={0}
          max={50}
          allowDecimal={false}
          clampBehavior="strict"
          suffix="%"
          disabled={!may('settings.write')}
          value={share}
          onChange={(to) => setShare(Math.min(50, Math.max(0, Number(to) || 0)))}
        />
        {may('settings.write') && (
          <Button loading={busy} disabled={share === found.share} onClick={() => void save()}>
            {t('save')}
          </Button>
        )}
        <span className="muted">
          {share === 0 ? t('shareNone') : t('shareHint', { n: share })}
          {found.share > 0 && share !== found.share && ` ${t('changes')}`}
        </span>
      </div>
    </Card>
  )
}

function Result({ found, level, onLevel }: { found: Found; level: '90' | '95'; onLevel: (to: '90' | '95') => void }) {
  const t = useWords('lift')
  const f = useFormats()
  if (!found.lift || !found.since)
    return (
      <EmptyState icon={FlaskConical} title={t('off')}>
        {t('offText')}
      </EmptyState>
    )
  return (
    <Card
      title={t('since', { day: f.day(found.since) })}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('level')}
          value={level}
          onChange={(to) => onLevel(to as typeof level)}
          data={(['90', '95'] as const).map((n) => ({ value: n, label: `${n}%` }))}
        />
      }
    >
      <LiftFigures lift={found.lift as Lift} />
    </Card>
  )
}

function Past({ found }: { found: Found }) {
  const t = useWords('lift')
  const f = useFormats()
  if (!found.past.length) return null
  return (
    <Card title={t('past')}>
      <ul className="lift-past">
        {found.past.map((one) => (
          <li key={one.from}>{t('pastLine', { from: f.day(one.from), until: f.day(one.until), n: one.share })}</li>
        ))}
      </ul>
    </Card>
  )
}
