import { ActionIcon, Popover, TextInput } from '@mantine/core'
import { type Editor, EditorContent, useEditor, useEditorState } from '@tiptap/react'
import StarterKit from '@tiptap/starter-kit'
import { Bold, Italic, Link2, List, ListOrdered, type LucideIcon, Underline } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { RichText } from '#loop/deliver/template/contract.ts'
import { useWords } from '../../words/words.tsx'
import { FieldMenu } from './FieldMenu.tsx'
import { callsFields, onceComposed } from './fieldCall.ts'
import { MergeField } from './mergeField.tsx'
import { isLink } from './RichFields.tsx'

const extensions = [
  StarterKit.configure({
    heading: false,
    blockquote: false,
    code: false,
    codeBlock: false,
    horizontalRule: false,
    strike: false,
    link: { openOnClick: false, autolink: false, protocols: ['mailto', 'tel'] },
  }),
  MergeField,
]

/** ProseMirror keeps more attributes than the contract allows; only what we know goes out. */
function tidy(node: Record<string, unknown>): Record<string, unknown> {
  const { type, text, marks, content, attrs } = node as {
    type: string
    text?: string
    marks?: { type: string; attrs?: Record<string, unknown> }[]
    content?: Record<string, unknown>[]
    attrs?: Record<string, unknown>
  }
  return {
    type,
    ...(text === undefined ? {} : { text }),
    ...(marks
      ? {
          marks: marks.map((mark) =>
            mark.type === 'link' ? { type: 'link', attrs: { href: mark.attrs?.['href'] } } : { type: mark.type },
          ),
        }
      : {}),
    ...(type === 'mergeField' ? { attrs: { field: attrs?.['field'], fallback: attrs?.['fallback'] ?? '' } } : {}),
    ...(content ? { content: content.map(tidy) } : {}),
  }
}

/** Nothing opens, and nothing takes the focus, while an IME is composing. */
function isBehindCall({ state, view }: Editor): boolean {
  const { from, empty } = state.selection
  return empty && !view.composing && callsFields(state.doc.textBetween(Math.max(0, from - 1), from))
}

/** Text of a block, edited where it stands. `#` or ＃ opens the merge fields, also straight after kana, from an IME once it is confirmed. */
export function RichEditor({ doc, onChange, active }: { doc: RichText; onChange: (doc: RichText) => void; active: boolean }) {
  const t = useWords('deliver')
  const [menu, setMenu] = useState(false)
  const latest = useRef(onChange)
  latest.current = onChange
  const writing = useRef<Editor | null>(null)
  const editor = useEditor({
    extensions,
    content: doc as never,
    editorProps: {
      attributes: { class: 'rich', 'aria-label': t('block.text'), role: 'textbox', 'aria-multiline': 'true' },
      handleDOMEvents: {
        compositionend: (_, { data }) =>
          onceComposed(data, () => {
            const now = writing.current
            if (now && !now.isDestroyed && isBehindCall(now)) setMenu(true)
          }),
      },
    },
    onUpdate: ({ editor: now }) => {
      latest.current(tidy(now.getJSON() as Record<string, unknown>) as RichText)
      if (isBehindCall(now)) setMenu(true)
    },
  })
  writing.current = editor
  useEffect(() => {
    // Undo of a move brings another document from outside.
    if (editor && !editor.isFocused && JSON.stringify(tidy(editor.getJSON() as Record<string, unknown>)) !== JSON.stringify(doc))
      editor.commands.setContent(doc as never, { emitUpdate: false })
  }, [editor, doc])
  if (!editor) return null
  return (
    <div className="rich-box">
      {active && <Toolbar editor={editor} menu={menu} setMenu={setMenu} />}
      <EditorContent editor={editor} />
    </div>
  )
}

const TOOLS: readonly (readonly [
  'bold' | 'italic' | 'underline' | 'bulletList' | 'orderedList',
  'bold' | 'italic' | 'underline' | 'bullets' | 'numbers',
  LucideIcon,
])[] = [
  ['bold', 'bold', Bold],
  ['italic', 'italic', Italic],
  ['underline', 'underline', Underline],
  ['bulletList', 'bullets', List],
  ['orderedList', 'numbers', ListOrdered],
]

const toggles = {
  bold: (e: Editor) => e.chain().focus().toggleBold().run(),
  italic: (e: Editor) => e.chain().focus().toggleItalic().run(),
  underline: (e: Editor) => e.chain().focus().toggleUnderline().run(),
  bulletList: (e: Editor) => e.chain().focus().toggleBulletList().run(),
  orderedList: (e: Editor) => e.chain().focus().toggleOrderedList().run(),
}

function Toolbar({ editor, menu, setMenu }: { editor: Editor; menu: boolean; setMenu: (to: boolean) => void }) {
  const t = useWords('deliver')
  const on = useEditorState({
    editor,
    selector: ({ editor: e }) => ({
      bold: e.isActive('bold'),
      italic: e.isActive('italic'),
      underline: e.isActive('underline'),
      bulletList: e.isActive('bulletList'),
      orderedList: e.isActive('orderedList'),
    }),
  })
  return (
    <div className="rich-tools" role="toolbar" aria-label={t('block.text')}>
      {TOOLS.map(([mark, word, Icon]) => (
        <ActionIcon
          key={mark}
          variant={on[mark] ? 'light' : 'subtle'}
          color={on[mark] ? 'indigo' : 'gray'}
          size="sm"
          aria-label={t(word)}
          title={t(word)}
          aria-pressed={on[mark]}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => toggles[mark](editor)}
        >
          <Icon size={14} />
        </ActionIcon>
      ))}
      <LinkTool editor={editor} />
      <FieldMenu opened={menu} onChange={setMenu} onPick={(field) => insertField(editor, field)} />
    </div>
  )
}

/** Puts a field at the cursor; the `#` that opened the menu gives way. */
function insertField(editor: Editor, field: string) {
  const { from } = editor.state.selection
  const before = editor.state.doc.textBetween(Math.max(0, from - 1), from)
  const chain = editor.chain().focus()
  if (callsFields(before)) chain.deleteRange({ from: from - 1, to: from })
  chain.insertContent({ type: 'mergeField', attrs: { field, fallback: '' } }).run()
}

function LinkTool({ editor }: { editor: Editor }) {
  const t = useWords('deliver')
  const [opened, setOpened] = useState(false)
  const [href, setHref] = useState('')
  const open = () => {
    setHref(String(editor.getAttributes('link')['href'] ?? ''))
    setOpened(true)
  }
  const done = () => {
    const chain = editor.chain().focus().extendMarkRange('link')
    if (href.trim() === '') chain.unsetLink().run()
    else if (isLink(href.trim())) chain.setLink({ href: href.trim() }).run()
    else return
    setOpened(false)
  }
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withArrow position="bottom">
      <Popover.Target>
        <ActionIcon
          variant={editor.isActive('link') ? 'light' : 'subtle'}
          color={editor.isActive('link') ? 'indigo' : 'gray'}
          size="sm"
          aria-label={t('link')}
          title={t('link')}
          onClick={open}
        >
          <Link2 size={14} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput
          label={t('linkUrl')}
          placeholder="https://"
          size="xs"
          w={260}
          data-autofocus
          value={href}
          error={href !== '' && !isLink(href.trim())}
          onChange={(e) => setHref(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.nativeEvent.isComposing) return
            e.preventDefault()
            done()
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
