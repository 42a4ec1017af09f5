import '../deliver.css'
import '../preview.css'
import './editor.css'
import './sheet.css'
import './rich.css'
import {
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  pointerWithin,
  useDraggable,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { sortableKeyboardCoordinates } from '@dnd-kit/sortable'
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useBlocker, useNavigate, useParams } from '@tanstack/react-router'
import {
  ChartNoAxesColumn,
  CodeXml,
  Columns2,
  Heading,
  Image,
  type LucideIcon,
  Minus,
  MousePointerClick,
  MoveVertical,
  Newspaper,
  PenLine,
  Scale,
  Send,
  Share2,
  Type,
} from 'lucide-react'
import { useState } from 'react'
import type { Block, Draft, LeafBlock, TemplateDetail } from '#loop/deliver/template/contract.ts'
import { api } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Meeting } from '../../parts/Meeting.tsx'
import { Page } from '../../parts/Page.tsx'
import { PageTop } from '../../parts/PageTop.tsx'
import { SaveState } from '../../parts/SaveState.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import * as moves from './blocks.ts'
import { Canvas } from './Canvas.tsx'
import { Inspector } from './Inspector.tsx'
import { Preview } from './Preview.tsx'
import { ANYBODY } from './ReaderFields.tsx'
import { SavedBlocks } from './SavedBlocks.tsx'
import { TestSend } from './TestSend.tsx'
import { useTemplateDraft } from './useTemplateDraft.ts'

/** A template in its editor. */
export function TemplatePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const t = useWords('deliver')
  const template = useQuery({ ...api.templates.get.queryOptions({ input: { id } }), staleTime: Number.POSITIVE_INFINITY, gcTime: 0 })
  if (template.data) return <EditorPage key={id} template={template.data as TemplateDetail} />
  return (
    <>
      <PageTop title={t('templates')} />
      <Page>
        {template.isPending && <Skeletons rows={8} />}
        <ErrorNote error={template.error} retry={template.refetch} />
      </Page>
    </>
  )
}

/** What is left to the house is left out. */
function withoutGaps({ charset, ...draft }: { [K in keyof Draft]: Draft[K] | undefined }): Draft {
  return (charset ? { ...draft, charset } : draft) as Draft
}

const ICONS: Record<moves.Kind, LucideIcon> = {
  heading: Heading,
  text: Type,
  image: Image,
  button: MousePointerClick,
  columns: Columns2,
  divider: Minus,
  space: MoveVertical,
  footer: Scale,
  article: Newspaper,
  sns: Share2,
  signature: PenLine,
  html: CodeXml,
}

/** Inside the sheet the place under the pointer counts; with the keyboard the nearest. */
const collide: CollisionDetection = (args) => {
  const under = pointerWithin(args).filter((hit) => hit.id !== 'canvas')
  if (under.length) return under
  return args.pointerCoordinates ? pointerWithin(args) : closestCenter(args)
}

function EditorPage({ template }: { template: TemplateDetail }) {
  const t = useWords('deliver')
  const toast = useToasts()
  const words = useWords('templates')
  const navigate = useNavigate()
  const { may } = useSession()
  const { name, setName, draft, setDraft, saved, saving, failed, round, dirty, save, meeting, meet } = useTemplateDraft(template)
  const [selected, setSelected] = useState<string | null>(null)
  const [mode, setMode] = useState<'edit' | 'preview'>('edit')
  const [testing, setTesting] = useState(false)
  const [reader, setReader] = useState(ANYBODY)
  useBlocker({ shouldBlockFn: () => dirty && !window.confirm(t('unsavedLeave')), enableBeforeUnload: dirty })
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const blocks = draft.blocks
  const setBlocks = (change: (blocks: readonly Block[]) => Block[]) => setDraft((now) => ({ ...now, blocks: change(now.blocks) }))
  const make = (kind: moves.Kind) => moves.fresh(kind, { heading: t('block.heading'), text: '', button: t('block.button') })
  const add = (kind: moves.Kind, over?: string) => {
    const block = make(kind)
    setBlocks((now) => (over && over !== 'canvas' ? moves.insertAt(now, block, over) : moves.insert(now, block, over ? null : selected)))
    setSelected(block.id)
  }
  const [dragged, setDragged] = useState<moves.Kind | null>(null)
  const dropped = ({ active, over }: DragEndEvent) => {
    setDragged(null)
    if (!over) return
    const kind = String(active.id)
    if (kind.startsWith('new:')) add(kind.slice(4) as moves.Kind, String(over.id))
    else if (over.id !== 'canvas') setBlocks((now) => moves.moveTo(now, kind, String(over.id)))
  }
  const put = (block: Block) => setBlocks((now) => moves.put(now, block))
  const drop = (block: Block) => {
    const before = blocks
    setBlocks((now) => moves.drop(now, block.id))
    setSelected(null)
    toast.undo(t('blockRemoved', { block: t(`block.${block.kind}`) }), async () => setBlocks((now) => moves.putBack(now, block.id, before)))
  }
  const settle = (whose: 'theirs' | 'mine') => {
    if (whose === 'theirs') setSelected(null)
    void meet(whose)
  }
  const addInto = (columnsId: string, column: moves.Column, kind: LeafBlock['kind']) => {
    const leaf = make(kind) as LeafBlock
    setBlocks((now) => moves.insertInto(now, columnsId, column, leaf))
    setSelected(leaf.id)
  }
  const toBlock = (id: string) => {
    setMode('edit')
    setSelected(id)
  }
  const toReport = (e: React.MouseEvent) => {
    if (e.metaKey || e.ctrlKey) return
    e.preventDefault()
    void navigate({ to: `/templates/${template.id}/report` as string })
  }
  return (
    <>
      <PageTop title={name || t('untitled')} crumb={t('templates')} crumbTo="/templates" note={words('editionN', { n: saved.edition })}>
        <SaveState dirty={dirty} saving={saving} failed={failed !== null} savedAt={saved.updatedAt} />
        <Button
          variant="default"
          leftSection={<ChartNoAxesColumn size={14} />}
          component="a"
          href={`/templates/${template.id}/report`}
          onClick={toReport}
          aria-label={words('report')}
        >
          <span className="hide-s">{words('report')}</span>
        </Button>
        <Button variant="default" leftSection={<Send size={14} />} aria-label={t('testSend')} onClick={() => setTesting(true)}>
          <span className="hide-s">{t('testSend')}</span>
        </Button>
        {may('templates.write') && template.mine === 'edit' && (
          <Button onClick={save} loading={saving} disabled={!dirty}>
            {t('save')}
          </Button>
        )}
      </PageTop>
      <DndContext
        sensors={sensors}
        collisionDetection={collide}
        onDragStart={({ active }) => setDragged(String(active.id).startsWith('new:') ? (String(active.id).slice(4) as moves.Kind) : null)}
        onDragCancel={() => setDragged(null)}
        onDragEnd={dropped}
      >
        <div className="mail-editor">
          <aside className="palette" aria-label={t('blocks')}>
            <SegmentedControl
              fullWidth
              size="xs"
              value={mode}
              onChange={(to) => setMode(to as 'edit')}
              data={[
                { value: 'edit', label: t('edit') },
                { value: 'preview', label: t('preview') },
              ]}
            />
            <h2 className="side-title">{t('blocks')}</h2>
            <div className="palette-grid">
              {moves.PALETTE.map((kind) => (
                <PaletteItem key={kind} kind={kind} onAdd={() => add(kind)} disabled={mode === 'preview'} />
              ))}
            </div>
            <SavedBlocks
              disabled={mode === 'preview'}
              onAdd={(kept) => {
                const block = moves.withNewIds(kept)
                setBlocks((now) => moves.insert(now, block, selected))
                setSelected(block.id)
              }}
            />
          </aside>
          <div className="mail-middle">
            {failed !== null && (
              <div className="trouble">
                {meeting ? (
                  <Meeting error={failed} busy={saving} onTheirs={() => settle('theirs')} onMine={() => settle('mine')} />
                ) : (
                  <ErrorNote error={failed} retry={save} />
                )}
              </div>
            )}
            {mode === 'edit' ? (
              <Canvas key={round} blocks={blocks} work={{ selected, select: setSelected, put, addInto }} />
            ) : (
              <Preview
                draft={draft}
                reader={reader}
                onReader={setReader}
                onChoose={toBlock}
                onText={(text) => setDraft(({ text: _, ...now }) => (text === undefined ? now : { ...now, text }))}
              />
            )}
          </div>
          <aside className="inspector">
            <Inspector
              key={round}
              block={mode === 'edit' ? moves.find(blocks, selected) : undefined}
              acts={{
                put,
                drop,
                move: (id, by) => setBlocks((now) => moves.move(now, id, by)),
                duplicate: (id) => setBlocks((now) => moves.duplicate(now, id)),
              }}
              draft={draft}
              onDraft={(to) => setDraft((now) => withoutGaps({ ...now, ...(typeof to === 'function' ? to(now) : to) }))}
              onChoose={toBlock}
              isWriting={mode === 'edit'}
              name={name}
              onName={setName}
            />
          </aside>
        </div>
        <DragOverlay dropAnimation={null}>{dragged && <PaletteFace kind={dragged} />}</DragOverlay>
      </DndContext>
      {testing && <TestSend draft={draft} reader={reader} onReader={setReader} opened onClose={() => setTesting(false)} />}
    </>
  )
}

/** Click or Enter adds behind the chosen block; it can be dragged to its place too. */
function PaletteItem({ kind, onAdd, disabled }: { kind: moves.Kind; onAdd: () => void; disabled: boolean }) {
  const t = useWords('deliver')
  const { setNodeRef, listeners } = useDraggable({ id: `new:${kind}`, disabled })
  const Icon = ICONS[kind]
  return (
    <button
      type="button"
      ref={setNodeRef}
      className="palette-item"
      disabled={disabled}
      onPointerDown={listeners?.['onPointerDown'] as React.PointerEventHandler | undefined}
      onClick={onAdd}
    >
      <Icon size={16} aria-hidden />
      <span>{t(`block.${kind}`)}</span>
    </button>
  )
}

/** What hangs on the pointer while a block is brought to its place. */
function PaletteFace({ kind }: { kind: moves.Kind }) {
  const t = useWords('deliver')
  const Icon = ICONS[kind]
  return (
    <div className="palette-item dragging">
      <Icon size={16} aria-hidden />
      <span>{t(`block.${kind}`)}</span>
    </div>
  )
}
