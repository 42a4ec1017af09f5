import { Menu } from '@mantine/core'
import { Image as ImageIcon, Plus } from 'lucide-react'
import type { Block, LeafBlock } from '#loop/deliver/template/contract.ts'
import { Chip } from '../../parts/Chip.tsx'
import { useWords } from '../../words/words.tsx'
import { type Column, LEAVES } from './blocks.ts'
import { Fielded } from './Fielded.tsx'
import { RichEditor } from './RichEditor.tsx'
import { RichLook } from './RichLook.tsx'

export interface Work {
  readonly selected: string | null
  readonly select: (id: string | null) => void
  readonly put: (block: Block) => void
  readonly addInto: (columnsId: string, column: Column, kind: LeafBlock['kind']) => void
}

/** A block as it will look, near enough; the preview is the truth. */
export function BlockView({ block, work }: { block: Block; work: Work }) {
  const t = useWords('deliver')
  return (
    <>
      <Look block={block} work={work} />
      {block.when && (
        <span className="when-mark">
          <Chip tone="amber">{t('conditionMark')}</Chip>
        </span>
      )}
    </>
  )
}

function Look({ block, work }: { block: Block; work: Work }) {
  const t = useWords('deliver')
  switch (block.kind) {
    case 'heading':
      return (
        <div className={block.level === 1 ? 'look-h1' : 'look-h2'} style={{ textAlign: block.align }}>
          <Fielded text={block.text || t('block.heading')} />
        </div>
      )
    case 'text':
      return <RichEditor doc={block.doc} active={work.selected === block.id} onChange={(doc) => work.put({ ...block, doc })} />
    case 'image':
      return block.src ? (
        <img className="look-img" src={block.src} alt={block.alt} style={{ maxWidth: block.width }} />
      ) : (
        <div className="look-noimg">
          <ImageIcon size={22} aria-hidden />
          {t('imageHere')}
        </div>
      )
    case 'button':
      return (
        <div style={{ textAlign: block.align }}>
          <span className="look-button" style={{ background: block.color }}>
            <Fielded text={block.label} />
          </span>
        </div>
      )
    case 'divider':
      return <hr className="look-line" />
    case 'space':
      return <div className="look-space" style={{ height: block.height }} />
    case 'columns':
      return (
        <div className="look-columns">
          <ColumnView id={block.id} side="left" leaves={block.left} work={work} />
          <ColumnView id={block.id} side="right" leaves={block.right} work={work} />
        </div>
      )
    case 'article':
    case 'sns':
    case 'signature':
    case 'html':
      return <RichLook block={block} />
    case 'footer':
      return (
        <div className="look-footer">
          {block.note && <div className="pre">{block.note}</div>}
          <div>{t('footerAuto')}</div>
        </div>
      )
  }
}

function ColumnView({ id, side, leaves, work }: { id: string; side: Column; leaves: readonly LeafBlock[]; work: Work }) {
  const t = useWords('deliver')
  return (
    <div className="look-column">
      {leaves.map((leaf) => (
        // biome-ignore lint/a11y/useSemanticElements: it may hold an editor, which a button cannot
        <div
          key={leaf.id}
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: chosen by keyboard too
          tabIndex={0}
          className={work.selected === leaf.id ? 'block on' : 'block'}
          aria-label={t(`block.${leaf.kind}`)}
          onClick={(e) => {
            e.stopPropagation()
            work.select(leaf.id)
          }}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && e.target === e.currentTarget) work.select(leaf.id)
          }}
        >
          <BlockView block={leaf} work={work} />
        </div>
      ))}
      <Menu position="bottom">
        <Menu.Target>
          <button type="button" className="add-here" onClick={(e) => e.stopPropagation()}>
            <Plus size={13} aria-hidden />
            {t('addHere')}
          </button>
        </Menu.Target>
        {/* React events climb out of the portal: without this the click would choose the columns again. */}
        <Menu.Dropdown onClick={(e) => e.stopPropagation()}>
          {LEAVES.map((kind) => (
            <Menu.Item key={kind} onClick={() => work.addInto(id, side, kind)}>
              {t(`block.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
