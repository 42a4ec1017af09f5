import { X } from 'lucide-react'
import { useWords } from '../words/words.tsx'

/** The rule that a list is filtered by: opens it, or takes it away. */
export function RuleChip({ rule, onOpen, onClear }: { rule: string; onOpen: () => void; onClear: () => void }) {
  const l = useWords('lists')
  return (
    <span className="chip">
      <button type="button" className="chip-open" onClick={onOpen}>
        {l('ruleOn', { n: conditionsIn(rule) })}
      </button>
      <button type="button" aria-label={l('ruleClear')} onClick={onClear}>
        <X size={12} aria-hidden />
      </button>
    </span>
  )
}

/** How many conditions a rule has: each leaf says its kind, and so do the boxes around them. */
const conditionsIn = (rule: string): number => (rule.match(/"kind":"(fact|event|first|segment)"/g) ?? []).length
