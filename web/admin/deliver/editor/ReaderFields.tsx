import './reader.css'
import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { api } from '../../api.ts'
import { LeadPicker } from '../../sales/LeadPicker.tsx'
import { useWords } from '../../words/words.tsx'
import { segmentsAsked } from './blocks.ts'

/** Whom a mail is looked at for: a lead, or a made-up one who is in some of the segments its blocks ask for. */
export interface Reader {
  readonly lead: string | null
  /** null: in all of them. */
  readonly segments: readonly string[] | null
}
export const ANYBODY: Reader = { lead: null, segments: null }

/** The same as the server is asked. */
export const askedAs = ({ lead, segments }: Reader) => (lead ? { personId: lead } : segments ? { segments: [...segments] } : {})

/** A lead of the company; or a made-up one, and where they are taken to be, so that every block can be looked at. */
export function ReaderFields({
  draft,
  reader,
  onChange,
  labelled = false,
}: {
  draft: Draft
  reader: Reader
  onChange: (reader: Reader) => void
  labelled?: boolean
}) {
  const t = useWords('templates')
  return (
    <>
      <LeadPicker
        label={labelled ? t('editor.asLead') : null}
        required={false}
        {...(labelled ? {} : { size: 'xs', w: 230 })}
        aria-label={t('editor.asLead')}
        placeholder={t('editor.sampleLead')}
        value={reader.lead}
        onChange={(lead) => onChange({ ...reader, lead })}
      />
      {reader.lead === null && <Places draft={draft} reader={reader} onChange={onChange} />}
    </>
  )
}

function Places({ draft, reader, onChange }: { draft: Draft; reader: Reader; onChange: (reader: Reader) => void }) {
  const t = useWords('templates')
  const asked = segmentsAsked(draft.blocks)
  const nameOf = useSegmentNames(asked.length > 0)
  if (!asked.length) return null
  const inside = reader.segments ?? asked
  const put = (id: string, isIn: boolean) =>
    onChange({ ...reader, segments: asked.filter((one) => (one === id ? isIn : inside.includes(one))) })
  return (
    <fieldset className="reader-places">
      <legend>{t('editor.sampleIn')}</legend>
      {asked.map((id) => (
        <Checkbox key={id} size="xs" label={nameOf(id)} checked={inside.includes(id)} onChange={(e) => put(id, e.currentTarget.checked)} />
      ))}
    </fieldset>
  )
}

/** A persona goes by its own name, not by that of the segment behind it. */
function useSegmentNames(enabled: boolean): (id: string) => string {
  const t = useWords('deliver')
  const segments = useQuery({ ...api.segments.list.queryOptions({ input: {} }), enabled })
  const personas = useQuery({ ...api.personas.list.queryOptions({ input: {} }), enabled })
  return (id) =>
    personas.data?.items.find((one) => one.segmentId === id)?.name ??
    segments.data?.items.find((one) => one.id === id)?.name ??
    (segments.isPending ? '…' : t('segment'))
}
