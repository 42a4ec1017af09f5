import './preflight.css'
import { Popover, TextInput } from '@mantine/core'
import { mergeAttributes, Node, NodeViewWrapper, type ReactNodeViewProps, ReactNodeViewRenderer } from '@tiptap/react'
import { useState } from 'react'
import { useWords } from '../../words/words.tsx'
import { useFieldNames } from './fields.ts'

/** A merge field inside text: one unbreakable chip that names the field, never its code. */
export const MergeField = Node.create({
  name: 'mergeField',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  addAttributes: () => ({ field: { default: 'lead.family_name' }, fallback: { default: '' } }),
  parseHTML: () => [
    {
      tag: 'span[data-field]',
      getAttrs: (el) => ({ field: el.getAttribute('data-field'), fallback: el.getAttribute('data-fallback') ?? '' }),
    },
  ],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    mergeAttributes(HTMLAttributes, { 'data-field': node.attrs['field'], 'data-fallback': node.attrs['fallback'] }),
  ],
  addNodeView: () => ReactNodeViewRenderer(FieldChip),
})

/** The chip, and under it what stands there when the reader has no such value. */
function FieldChip({ node, selected, updateAttributes }: ReactNodeViewProps) {
  const t = useWords('templates')
  const nameOf = useFieldNames()
  const [opened, setOpened] = useState(false)
  const name = nameOf(String(node.attrs['field']))
  const fallback = String(node.attrs['fallback'] ?? '')
  return (
    <NodeViewWrapper as="span" className={selected ? 'merge-chip on' : 'merge-chip'}>
      <Popover opened={opened} onChange={setOpened} trapFocus withArrow position="bottom" width={260}>
        <Popover.Target>
          <button type="button" className="chip-face" contentEditable={false} onClick={() => setOpened((now) => !now)}>
            {name}
            {fallback && <span className="muted"> / {fallback}</span>}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <TextInput
            size="xs"
            label={t('fallback')}
            aria-label={t('fallbackFor', { name })}
            maxLength={200}
            data-autofocus
            value={fallback}
            onChange={(e) => updateAttributes({ fallback: e.currentTarget.value })}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.nativeEvent.isComposing) setOpened(false)
              e.stopPropagation()
            }}
          />
        </Popover.Dropdown>
      </Popover>
    </NodeViewWrapper>
  )
}
