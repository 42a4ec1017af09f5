import { mergeAttributes, Node, NodeViewWrapper, type ReactNodeViewProps, ReactNodeViewRenderer } from '@tiptap/react'
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

function FieldChip({ node, selected }: ReactNodeViewProps) {
  const nameOf = useFieldNames()
  const field = String(node.attrs['field'])
  return (
    <NodeViewWrapper as="span" className={selected ? 'merge-chip on' : 'merge-chip'}>
      {nameOf(field)}
    </NodeViewWrapper>
  )
}
