import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Block, Condition } from '#loop/deliver/template/contract.ts'
import { api } from '../../api.ts'
import { useWords } from '../../words/words.tsx'
import { useFields } from './fields.ts'

/** Good for telling readers apart, odd inside a sentence. */
const CHOICES = ['lead.industry', 'lead.prefecture'] as const
const OPS = ['is', 'isNot', 'filled', 'empty'] as const

/** Who sees a block: everybody, by a field, or by a segment. */
export function ConditionFields({ block, put }: { block: Block; put: (block: Block) => void }) {
  const t = useWords('deliver')
  const words = useWords('templates')
  const fields = useFields()
  const personas = useQuery(api.personas.list.queryOptions({ input: {} }))
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }))
  const set = (when: Condition | undefined) => {
    const { when: _, ...rest } = block
    put((when ? { ...rest, when } : rest) as Block)
  }
  const first = segments.data?.items[0]
  const kinds = (personas.data?.items ?? []).filter((one) => one.isLive)
  // A persona is the live segment of the leads who are like it.
  const asPersona = (when: Condition | undefined) =>
    when?.kind === 'segment' ? kinds.find((one) => one.segmentId === when.segmentId) : undefined
  const begin = (kind: string) => {
    if (kind === 'field') set({ kind: 'field', field: 'lead.company', op: 'filled', value: '' })
    else if (kind === 'persona' && kinds[0]) set({ kind: 'segment', segmentId: kinds[0].segmentId, isIn: true })
    else if (kind === 'segment' && first) set({ kind: 'segment', segmentId: first.id, isIn: true })
    else set(undefined)
  }
  const { when } = block
  return (
    <fieldset className="section stack tight">
      <NativeSelect
        label={t('condition')}
        value={asPersona(when) ? 'persona' : (when?.kind ?? '')}
        onChange={(e) => begin(e.currentTarget.value)}
        data={[
          { value: '', label: t('everyone') },
          { value: 'field', label: t('byField') },
          { value: 'persona', label: words('editor.byPersona'), disabled: !kinds.length },
          { value: 'segment', label: t('bySegment'), disabled: !first },
        ]}
      />
      {when?.kind === 'field' && (
        <>
          <NativeSelect
            aria-label={t('byField')}
            value={when.field}
            onChange={(e) => set({ ...when, field: e.currentTarget.value })}
            data={[
              ...fields.map(({ field, name }) => ({ value: field, label: name })),
              ...CHOICES.map((field) => ({
                value: field,
                label: words(`editor.cond.${field === 'lead.industry' ? 'industry' : 'prefecture'}`),
              })),
            ]}
          />
          <NativeSelect
            aria-label={t('condition')}
            value={when.op}
            onChange={(e) => set({ ...when, op: e.currentTarget.value as Extract<Condition, { kind: 'field' }>['op'] })}
            data={OPS.map((op) => ({ value: op, label: t(`op.${op}`) }))}
          />
          {(when.op === 'is' || when.op === 'isNot') && (
            <TextInput
              aria-label={t('value')}
              placeholder={t('value')}
              value={when.value}
              maxLength={200}
              onChange={(e) => set({ ...when, value: e.currentTarget.value })}
            />
          )}
        </>
      )}
      {when?.kind === 'segment' && (
        <>
          <NativeSelect
            aria-label={t('segment')}
            value={when.segmentId}
            onChange={(e) => set({ ...when, segmentId: e.currentTarget.value })}
            data={
              asPersona(when)
                ? kinds.map((one) => ({ value: one.segmentId, label: one.name }))
                : (segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))
            }
          />
          <NativeSelect
            aria-label={t('condition')}
            value={when.isIn ? 'in' : 'out'}
            onChange={(e) => set({ ...when, isIn: e.currentTarget.value === 'in' })}
            data={[
              { value: 'in', label: t('isIn') },
              { value: 'out', label: t('isNotIn') },
            ]}
          />
        </>
      )}
    </fieldset>
  )
}
