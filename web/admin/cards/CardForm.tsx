import { Button, Radio } from '@mantine/core'
import { Trash2, TriangleAlert } from 'lucide-react'
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from 'react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { problemOf } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type Detail, FIELDS, type Key, type Values, valuesOf } from './card.ts'
import { FieldLine } from './FieldLine.tsx'
import { Pictures } from './Pictures.tsx'

const NEW = 'new'

/** One card: its picture, what was read, who it may be, and the decision. */
export function CardForm({
  card,
  following,
  onSettled,
  onGo,
}: {
  card: Detail
  following: string | null
  onSettled: () => void
  onGo: (step: number) => void
}) {
  const t = useWords('cards')
  const toast = useToasts()
  const { may } = useSession()
  const [values, setValues] = useState<Values>(() => valuesOf(card))
  const [who, setWho] = useState<string>(
    () => card.duplicates.find((one) => one.reasons.includes('mail'))?.id ?? card.duplicates[0]?.id ?? NEW,
  )
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [focus, setFocus] = useState<Key | null>(null)
  const form = useRef<HTMLFormElement>(null)
  // Hands stay on the keyboard from card to card; on a phone a keyboard would hide the picture.
  useEffect(() => {
    if (matchMedia('(min-width: 1001px)').matches) form.current?.querySelector<HTMLInputElement>('input[name=companyName]')?.focus()
    else form.current?.closest('.page')?.scrollTo({ top: 0 })
  }, [])
  const onGone = useEffectEvent(onGo)
  useEffect(() => {
    const hear = (e: globalThis.KeyboardEvent) => {
      if (!e.altKey || e.isComposing || (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight')) return
      e.preventDefault()
      onGone(e.key === 'ArrowLeft' ? -1 : 1)
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])
  const name = [values.familyName, values.givenName].filter(Boolean).join(' ') || values.companyName || values.mail
  const problems = new Map(problemOf(failed)?.errors?.map((one) => [one.field.replace(/^values\./, ''), one.reason]) ?? [])
  const confirm = async () => {
    if (busy) return
    setBusy(true)
    setFailed(null)
    try {
      const { outcome } = await client.cards.confirm({ id: card.id, values, sameAs: who === NEW ? null : who })
      toast.undo(t(outcome === 'created' ? 'createdToast' : 'updatedToast', { name }), () =>
        client.cards.undo({ id: card.id }).then(() => again(api.cards.key(), api.leads.key())),
      )
      onSettled()
    } catch (error) {
      setFailed(error)
      setBusy(false)
    }
  }
  const discard = async () => {
    setBusy(true)
    try {
      await client.cards.discard({ id: card.id })
      toast.undo(t('discardedToast'), () => client.cards.restore({ id: card.id }).then(() => again(api.cards.key())))
      onSettled()
    } catch (error) {
      setFailed(error)
      setBusy(false)
    }
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    const input = e.target instanceof HTMLInputElement && e.target.type !== 'radio'
    if (input && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
      const inputs = [...(form.current?.querySelectorAll<HTMLInputElement>('input[name]:not([type=radio])') ?? [])]
      const to = inputs[inputs.indexOf(e.target as HTMLInputElement) + (e.key === 'ArrowDown' ? 1 : -1)]
      if (!to) return
      e.preventDefault()
      to.focus()
      to.select()
    }
  }
  const mailHolder = who === NEW ? card.duplicates.find((one) => one.reasons.includes('mail')) : undefined
  return (
    <form
      ref={form}
      className="card-review"
      onKeyDown={onKeyDown}
      onSubmit={(e) => {
        e.preventDefault()
        void confirm()
      }}
    >
      <div className="stack card-left">
        <Pictures card={card} focus={focus} following={following} />
        {card.failure && (
          <div className="card-note" role="status">
            <TriangleAlert size={16} aria-hidden />
            <span>{t(`failure.${card.failure}`)}</span>
          </div>
        )}
      </div>
      <div className="card stack">
        <div className="card-fields">
          {FIELDS.map((key) => (
            <FieldLine
              key={key}
              card={card}
              name={key}
              value={values[key]}
              error={problems.get(key)}
              onFocus={() => setFocus(key)}
              onChange={(value) => setValues({ ...values, [key]: value })}
            />
          ))}
        </div>
        {card.duplicates.length > 0 && (
          <Radio.Group value={who} onChange={setWho} label={t('alike')} className="card-alike">
            {card.duplicates.map((one) => (
              <Radio
                key={one.id}
                value={one.id}
                label={t('samePerson', { name: one.name || one.mail || one.companyName || '—' })}
                description={[one.reasons.map((reason) => t(`reason.${reason}`)).join('・'), one.companyName, one.title, one.mail]
                  .filter(Boolean)
                  .join(' ／ ')}
              />
            ))}
            <Radio
              value={NEW}
              label={t('newPerson')}
              {...(mailHolder ? { description: t('sharedMail', { name: mailHolder.name || '—' }) } : {})}
            />
          </Radio.Group>
        )}
        {failed !== null && problems.size === 0 && <ErrorNote error={failed} />}
        {may('cards.write') && (
          <div className="card-acts">
            <span className="muted hide-s">{t('keys')}</span>
            <Button variant="default" leftSection={<Trash2 size={15} />} onClick={() => void discard()} disabled={busy} className="push">
              {t('discard')}
            </Button>
            <Button type="submit" loading={busy}>
              {who === NEW ? t('confirmNew') : t('confirmSame')}
            </Button>
          </div>
        )}
      </div>
    </form>
  )
}
