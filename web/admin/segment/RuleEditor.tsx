import './rule.css'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { Activity, ArrowRight, Copy, Ellipsis, Filter, FolderPlus, Moon, Plus, SlidersHorizontal, ToggleLeft, X } from 'lucide-react'
import type { EventLeaf, Preceding, Rule } from '#loop/segment/rules/contract.ts'
import { useWords } from '../words/words.tsx'
import { firstOf } from './ConditionInput.tsx'
import { LeafInput } from './LeafInput.tsx'
import { Pick } from './pick.tsx'
import { type Box, boxOf, isGroup, leafOf, ruleOf, withNot } from './ruleEdit.ts'
import { type RuleWords, useRuleWords, type Vocabulary } from './ruleWords.ts'

/** A rule edited as sentences in boxes. `value` may be incomplete while it is being written (`isComplete`). */
export function RuleEditor({ value, onChange, vocabulary }: { value: Rule; onChange: (to: Rule) => void; vocabulary: Vocabulary }) {
  const words = useRuleWords(vocabulary)
  return <BoxInput box={boxOf(value)} onChange={(box) => onChange(ruleOf(box))} vocabulary={vocabulary} words={words} depth={0} />
}

interface Shared {
  readonly vocabulary: Vocabulary
  readonly words: RuleWords
  readonly depth: number
}

function BoxInput({ box, onChange, onRemove, ...shared }: Shared & { box: Box; onChange: (to: Box) => void; onRemove?: () => void }) {
  const t = useWords('segment')
  const set = (i: number, rule: Rule | null) =>
    onChange({ ...box, parts: box.parts.flatMap((part, j) => (j !== i ? [part] : rule ? [rule] : [])) })
  const add = (rule: Rule) => onChange({ ...box, parts: [...box.parts, rule] })
  const joined = (
    <Pick
      label={t('rule.op')}
      value={box.joined}
      options={[
        { value: 'and', label: t('rule.all') },
        { value: 'or', label: t('rule.any') },
      ]}
      onChange={(to) => onChange({ ...box, joined: to })}
    />
  )
  const after =
    shared.depth === 0 && !shared.vocabulary.factsOnly
      ? box.isNot
        ? 'rule.notHead'
        : 'rule.headAfter'
      : box.isNot
        ? 'rule.notSub'
        : 'rule.subAfter'
  return (
    <fieldset className={box.isNot ? 'rule-box not' : 'rule-box'}>
      <legend className="sr-only">{t('definition')}</legend>
      <div className="rule-head">
        <span>{t('rule.headBefore')}</span>
        {joined}
        <span>{t(after)}</span>
        <span className="push row">
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({ ...box, isNot: !box.isNot })}>
            {t(box.isNot ? 'rule.unnegate' : 'rule.negate')}
          </Button>
          {onRemove && (
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('rule.remove')} onClick={onRemove}>
              <X size={14} />
            </ActionIcon>
          )}
        </span>
      </div>
      <ol className="rule-parts">
        {box.parts.map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other identity than their place
          <li key={i}>
            {i > 0 && <span className="joiner">{t(box.joined === 'and' ? 'rule.and' : 'rule.or')}</span>}
            {isGroup(part) ? (
              <BoxInput
                {...shared}
                depth={shared.depth + 1}
                box={boxOf(part)}
                onChange={(to) => set(i, ruleOf(to))}
                onRemove={() => set(i, null)}
              />
            ) : (
              <Row {...shared} rule={part} onChange={(to) => set(i, to)} onCopy={() => add(part)} />
            )}
          </li>
        ))}
      </ol>
      <AddMenu {...shared} onAdd={add} />
    </fieldset>
  )
}

function Row({ rule, onChange, onCopy, ...shared }: Shared & { rule: Rule; onChange: (to: Rule | null) => void; onCopy: () => void }) {
  const t = useWords('segment')
  const found = leafOf(rule)
  if (!found) return null
  const { leaf, isNot } = found
  return (
    <div className={isNot ? 'rule-row not' : 'rule-row'}>
      <div className="sentence">
        {isNot && <span className="not-mark">{t('rule.not')}</span>}
        <LeafInput leaf={leaf} onChange={(to) => onChange(withNot(to, isNot))} vocabulary={shared.vocabulary} words={shared.words} />
      </div>
      <Menu position="bottom-end" width={200} shadow="md">
        <Menu.Target>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('rule.more')}>
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<ToggleLeft size={15} />} onClick={() => onChange(withNot(leaf, !isNot))}>
            {t(isNot ? 'rule.unnegate' : 'rule.negate')}
          </Menu.Item>
          <Menu.Item leftSection={<Copy size={15} />} onClick={onCopy}>
            {t('rule.duplicate')}
          </Menu.Item>
          {leaf.kind === 'event' && !leaf.after && (
            <Menu.Item leftSection={<ArrowRight size={15} />} onClick={() => onChange(withNot({ ...leaf, after: FIRST_AFTER }, isNot))}>
              {t('rule.addAfter')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<FolderPlus size={15} />} onClick={() => onChange({ kind: 'or', rules: [rule] })}>
            {t('rule.addGroup')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('rule.remove')} onClick={() => onChange(null)}>
        <X size={15} />
      </ActionIcon>
    </div>
  )
}

const FIRST_AFTER: Preceding = { match: { event: 'file.downloaded', filters: [] }, within: { n: 3, unit: 'days' } }

function AddMenu({ vocabulary, words, depth, onAdd }: Shared & { onAdd: (rule: Rule) => void }) {
  const t = useWords('segment')
  const event = (silence: boolean): Rule => ({
    kind: 'event',
    match: { event: 'page.viewed', filters: [] },
    count: silence ? { op: 'atMost', n: 0 } : { op: 'atLeast', n: 1 },
    period: { kind: 'last', n: 30, unit: 'days' },
  })
  const first = words.fact('prefecture') ?? vocabulary.facts[0]
  const segment = vocabulary.segments[0]
  return (
    <div className="rule-add">
      {!vocabulary.factsOnly && (
        <>
          <Button size="compact-sm" variant="light" leftSection={<Activity size={14} />} onClick={() => onAdd(event(false))}>
            {t('rule.addEvent')}
          </Button>
          <Button size="compact-sm" variant="light" leftSection={<Moon size={14} />} onClick={() => onAdd(event(true))}>
            {t('rule.addSilence')}
          </Button>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<ArrowRight size={14} />}
            onClick={() => onAdd({ ...(event(false) as EventLeaf), after: FIRST_AFTER })}
          >
            {t('rule.addSequence')}
          </Button>
        </>
      )}
      {first && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<SlidersHorizontal size={14} />}
          onClick={() => onAdd({ kind: 'fact', fact: first.name, is: firstOf(first) })}
        >
          {t('rule.addFact')}
        </Button>
      )}
      {segment && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<Filter size={14} />}
          onClick={() => onAdd({ kind: 'segment', segment: segment.id, isIn: true })}
        >
          {t('rule.addSegment')}
        </Button>
      )}
      {depth < 5 && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<Plus size={14} />}
          onClick={() =>
            onAdd({
              kind: 'or',
              rules: [vocabulary.factsOnly && first ? { kind: 'fact', fact: first.name, is: firstOf(first) } : event(false)],
            })
          }
        >
          {t('rule.addGroup')}
        </Button>
      )}
    </div>
  )
}
