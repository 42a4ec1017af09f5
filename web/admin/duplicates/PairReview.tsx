import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Check, Merge, UsersRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { again, api, client } from '../api.ts'
import { Avatar } from '../parts/Avatar.tsx'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { keeperOf, MOVES, type PairDetail, personName } from './pair.ts'
import { usePairKeys } from './usePairKeys.ts'

type Side = 'a' | 'b'
const other = (side: Side): Side => (side === 'a' ? 'b' : 'a')

/** Two leads side by side: who stays, which value of each field stays, and what will move. */
export function PairReview({
  a,
  b,
  onSettled,
  onStep,
}: {
  a: string
  b: string
  onSettled: (settled: boolean) => void
  onStep: (by: 1 | -1) => void
}) {
  const pair = useQuery(api.duplicates.pair.queryOptions({ input: { a, b } }))
  if (pair.error) return <ErrorNote error={pair.error} retry={pair.refetch} />
  if (!pair.data) return <Skeletons rows={8} height={40} />
  return <Review pair={pair.data} onSettled={onSettled} onStep={onStep} />
}

function Review({ pair, onSettled, onStep }: { pair: PairDetail; onSettled: (settled: boolean) => void; onStep: (by: 1 | -1) => void }) {
  const t = useWords('trust')
  const toast = useToasts()
  const { may } = useSession()
  const [keep, setKeep] = useState<Side>(() => keeperOf(pair))
  const [picked, setPicked] = useState<Readonly<Record<string, Side>>>({})
  const [busy, setBusy] = useState(false)
  const sideOf = (field: PairDetail['fields'][number]): Side => {
    const own = picked[field.field] ?? keep
    return field[own] === null ? other(own) : own
  }
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true)
    try {
      await work()
      onSettled(true)
      await again(api.duplicates.key(), api.leads.key())
    } catch (error) {
      toast.failed(error)
    }
    setBusy(false)
  }
  const merge = () =>
    act(async () => {
      const chosen = pair.fields
        .filter((field) => field.a !== null && field.b !== null && sideOf(field) !== keep)
        .map((field) => field.field)
      const { adoption } = await client.duplicates.merge({ keep: pair[keep].id, lose: pair[other(keep)].id, chosen })
      if (!adoption) toast.done(t('mergedPaged'))
      else
        toast.undo(t('merged'), () =>
          client.leads.undoAdoption({ id: adoption }).then(() => {
            onSettled(false)
            return again(api.duplicates.key(), api.leads.key())
          }),
        )
    })
  const different = () =>
    act(async () => {
      const ids = { a: pair.a.id, b: pair.b.id }
      await client.duplicates.different(ids)
      toast.undo(t('settled'), () =>
        client.duplicates.reopen(ids).then(() => {
          onSettled(false)
          return again(api.duplicates.key())
        }),
      )
    })
  usePairKeys({ merge, different, keep: setKeep, step: onStep }, may('leads.write') && !busy)
  useEffect(() => setPicked({}), [])
  const differing = pair.fields.filter((field) => field.a !== field.b)
  const same = pair.fields.filter((field) => field.a === field.b)
  return (
    <Card className="dup-card">
      <div className="dup-grid">
        <span className="dup-item" />
        {(['a', 'b'] as const).map((side) => (
          <Head key={side} pair={pair} side={side} keeps={keep === side} onKeep={() => setKeep(side)} />
        ))}
        {differing.map((field) => (
          <Row key={field.field} field={field} side={sideOf(field)} onPick={(side) => setPicked({ ...picked, [field.field]: side })} />
        ))}
        <Consents pair={pair} />
        <Moves pair={pair} keep={keep} />
      </div>
      {same.length > 0 && (
        <details className="dup-same">
          <summary>{t('same', { n: same.length })}</summary>
          <ul className="plain-list">
            {same.map((field) => (
              <li key={field.field}>
                <span>
                  <FieldName field={field.field} />：{field.a}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <p className="muted">{t('both')}</p>
      {may('leads.write') && (
        <div className="dup-foot">
          <Button leftSection={<Merge size={16} />} loading={busy} onClick={() => void merge()}>
            {t('merge')}
          </Button>
          <Button variant="default" leftSection={<UsersRound size={16} />} disabled={busy} onClick={() => void different()}>
            {t('different')}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => onStep(1)}>
            {t('later')}
          </Button>
          <span className="muted push hide-s">{t('keys')}</span>
        </div>
      )}
    </Card>
  )
}

function Head({ pair, side, keeps, onKeep }: { pair: PairDetail; side: Side; keeps: boolean; onKeep: () => void }) {
  const t = useWords('trust')
  const f = useFormats()
  const one = pair[side]
  return (
    <div className={keeps ? 'dup-head keeps' : 'dup-head'}>
      <span className="row">
        <Avatar name={personName(one, t('noName'))} />
        <a href={`/leads/${one.id}`} target="_blank" rel="noreferrer">
          <b>{personName(one, t('noName'))}</b>
        </a>
      </span>
      <span className="muted num">{f.day(one.createdAt)}</span>
      {keeps ? (
        <Chip tone="green">{t('keep')}</Chip>
      ) : (
        <Button size="compact-sm" variant="default" onClick={onKeep}>
          {t('keepThis')}
        </Button>
      )}
    </div>
  )
}

function FieldName({ field }: { field: string }) {
  const t = useWords('trust')
  if (field.startsWith('attrs.')) return field.slice('attrs.'.length)
  return t.has(`field.${field}` as never) ? t(`field.${field}` as never) : field
}

/** Both values as buttons: the one that stays is marked. */
function Row({ field, side, onPick }: { field: PairDetail['fields'][number]; side: Side; onPick: (side: Side) => void }) {
  return (
    <>
      <span className="dup-item">
        <FieldName field={field.field} />
      </span>
      {(['a', 'b'] as const).map((one) =>
        field[one] === null ? (
          <span key={one} className="dup-value none">
            —
          </span>
        ) : (
          <button key={one} type="button" className="dup-value" aria-pressed={side === one} onClick={() => onPick(one)}>
            {side === one && <Check size={14} aria-hidden />}
            <span>{field[one]}</span>
          </button>
        ),
      )}
    </>
  )
}

function Consents({ pair }: { pair: PairDetail }) {
  const t = useWords('trust')
  return (
    <>
      <span className="dup-item">{t('consentRow')}</span>
      {(['a', 'b'] as const).map((side) => (
        <span key={side} className="dup-plain">
          {t.has(`basis.${pair[side].mailBasis}` as never) ? t(`basis.${pair[side].mailBasis}` as never) : pair[side].mailBasis}
          {pair[side].mailStop !== 'none' && (
            <>
              <Chip tone="red">{t('stoppedMark')}</Chip>
              <span className="muted">{t('stricter')}</span>
            </>
          )}
        </span>
      ))}
    </>
  )
}

function Moves({ pair, keep }: { pair: PairDetail; keep: Side }) {
  const t = useWords('trust')
  return (
    <>
      <span className="dup-item">{t('moves')}</span>
      {(['a', 'b'] as const).map((side) => {
        const there = MOVES.filter((name) => (pair.moves[side][name] ?? 0) > 0)
        return (
          <span key={side} className={side === keep ? 'dup-plain muted' : 'dup-plain'}>
            {there.length === 0 ? t('movesNothing') : there.map((name) => t(`move.${name}`, { n: pair.moves[side][name] ?? 0 })).join('、')}
          </span>
        )
      })}
    </>
  )
}
