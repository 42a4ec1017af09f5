import { Button, NativeSelect, NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Copy, Trash2 } from 'lucide-react'
import { type Block, CHARSETS, type Draft, type MailCharset } from '#loop/deliver/template/contract.ts'
import { client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'
import { takenBack } from './blocks.ts'
import { CharsetCheck } from './CharsetCheck.tsx'
import { ColourField } from './ColourField.tsx'
import { ConditionFields } from './ConditionFields.tsx'
import { ImageField } from './ImageField.tsx'
import { LinkCheck } from './LinkCheck.tsx'
import { ANYBODY } from './ReaderFields.tsx'
import { isLink, RichFields } from './RichFields.tsx'
import { SaveBlock } from './SavedBlocks.tsx'
import { Warnings } from './Warnings.tsx'
import { WithFields } from './WithFields.tsx'

interface Acts {
  readonly put: (block: Block) => void
  readonly move: (id: string, by: -1 | 1) => void
  readonly duplicate: (id: string) => void
  readonly drop: (block: Block) => void
}

type Change = (to: Partial<Draft> | ((now: Draft) => Draft)) => void

/** The settings of the chosen block, or of the mail itself. */
export function Inspector({
  block,
  acts,
  draft,
  onDraft,
  name,
  onName,
  onChoose,
  isWriting,
}: {
  block: Block | undefined
  acts: Acts
  draft: Draft
  onDraft: Change
  name: string
  onName: (to: string) => void
  onChoose: (id: string) => void
  /** The preview has the warnings at its own head. */
  isWriting: boolean
}) {
  const t = useWords('deliver')
  if (!block)
    return (
      <div className="stack">
        <h2 className="side-title">{t('mailSettingsCard')}</h2>
        <TextInput label={t('templateName')} value={name} maxLength={120} onChange={(e) => onName(e.currentTarget.value)} />
        <WithFields label={t('subject')} value={draft.subject} onChange={(subject) => onDraft({ subject })} />
        <TextInput
          label={t('preheader')}
          description={t('preheaderHint')}
          value={draft.preheader}
          maxLength={300}
          onChange={(e) => onDraft({ preheader: e.currentTarget.value })}
        />
        <BeforeSending draft={draft} onDraft={onDraft} onChoose={onChoose} isWriting={isWriting} />
      </div>
    )
  return (
    <div className="stack" key={block.id}>
      <div className="row">
        <h2 className="side-title">{t('settingsOf', { block: t(`block.${block.kind}`) })}</h2>
      </div>
      <Fields block={block} put={acts.put} />
      <ConditionFields block={block} put={acts.put} />
      <SaveBlock block={block} />
      <div className="side-acts">
        <Button size="compact-sm" variant="default" leftSection={<ArrowUp size={14} />} onClick={() => acts.move(block.id, -1)}>
          {t('up')}
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<ArrowDown size={14} />} onClick={() => acts.move(block.id, 1)}>
          {t('down')}
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<Copy size={14} />} onClick={() => acts.duplicate(block.id)}>
          {t('duplicate')}
        </Button>
        <Button size="compact-sm" variant="default" color="red" leftSection={<Trash2 size={14} />} onClick={() => acts.drop(block)}>
          {t('removeBlock')}
        </Button>
      </div>
    </div>
  )
}

/** The charset, and what is looked at before a mail goes out. */
function BeforeSending({
  draft,
  onDraft,
  onChoose,
  isWriting,
}: {
  draft: Draft
  onDraft: Change
  onChoose: (id: string) => void
  isWriting: boolean
}) {
  const t = useWords('templates')
  const toast = useToasts()
  const mend = (to: Draft) => {
    onDraft(to)
    toast.undo(t('check.mended'), async () => onDraft((now) => takenBack(now, to, draft)))
  }
  return (
    <>
      <NativeSelect
        label={t('charset')}
        description={t('charsetHint')}
        value={draft.charset ?? 'house'}
        onChange={(e) => onDraft({ charset: CHARSETS.find((one) => one === e.currentTarget.value) as MailCharset })}
        data={(['house', ...CHARSETS] as const).map((value) => ({ value, label: t(`charsets.${value}`) }))}
      />
      <CharsetCheck draft={draft} onMend={mend} onPlace={onChoose} />
      <h2 className="side-title">{t('check.title')}</h2>
      {isWriting && <DraftWarnings draft={draft} onChoose={onChoose} />}
      <LinkCheck draft={draft} />
    </>
  )
}

/** The warnings of the preview where the mail is written: each leads to the blocks it is about. */
function DraftWarnings({ draft, onChoose }: { draft: Draft; onChoose: (id: string) => void }) {
  const [settled] = useDebouncedValue(draft, 500)
  const found = useQuery({
    queryKey: ['preview', settled, ANYBODY],
    queryFn: () => client.templates.preview({ draft: settled }),
    placeholderData: keepPreviousData,
    retry: false,
    // Each pause while writing asks: none of the drafts before is wanted again.
    gcTime: 0,
  })
  // A draft that cannot be made into a mail says so in the preview and on saving.
  return <Warnings warnings={found.data?.warnings ?? []} places={found.data?.places ?? []} onPlace={onChoose} />
}

function Align({ value, onChange }: { value: 'left' | 'center' | 'right'; onChange: (to: 'left' | 'center' | 'right') => void }) {
  const t = useWords('deliver')
  return (
    <div>
      <span className="mantine-InputWrapper-label field-label">{t('align')}</span>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('align')}
        value={value}
        onChange={(to) => onChange(to as 'left')}
        data={(['left', 'center', 'right'] as const).map((key) => ({ value: key, label: t(key) }))}
      />
    </div>
  )
}

function Fields({ block, put }: { block: Block; put: (block: Block) => void }) {
  const t = useWords('deliver')
  switch (block.kind) {
    case 'heading':
      return (
        <>
          <WithFields label={t('block.heading')} value={block.text} onChange={(text) => put({ ...block, text })} />
          <NativeSelect
            label={t('level')}
            value={String(block.level)}
            onChange={(e) => put({ ...block, level: e.currentTarget.value === '1' ? 1 : 2 })}
            data={[
              { value: '1', label: t('levelBig') },
              { value: '2', label: t('levelSmall') },
            ]}
          />
          <Align value={block.align} onChange={(align) => put({ ...block, align })} />
        </>
      )
    case 'button':
      return (
        <>
          <WithFields label={t('label')} value={block.label} onChange={(label) => put({ ...block, label })} />
          <TextInput
            label={t('href')}
            description={t('hrefHint')}
            type="url"
            value={block.href}
            error={!isLink(block.href)}
            onChange={(e) => put({ ...block, href: e.currentTarget.value.trim() })}
          />
          <ColourField value={block.color} onChange={(color) => put({ ...block, color })} />
          <Align value={block.align} onChange={(align) => put({ ...block, align })} />
        </>
      )
    case 'image':
      return (
        <>
          <ImageField src={block.src} onChange={(src) => put({ ...block, src })} />
          <TextInput
            label={t('alt')}
            description={t('altHint')}
            value={block.alt}
            maxLength={300}
            onChange={(e) => put({ ...block, alt: e.currentTarget.value })}
          />
          <TextInput
            label={t('href')}
            type="url"
            placeholder="https://"
            value={block.href ?? ''}
            error={!!block.href && !isLink(block.href)}
            onChange={(e) => put(withHref(block, e.currentTarget.value.trim()))}
          />
          <NumberInput
            label={t('width')}
            min={40}
            max={600}
            clampBehavior="strict"
            value={block.width}
            onChange={(width) => put({ ...block, width: Number(width) || 552 })}
          />
        </>
      )
    case 'space':
      return (
        <NumberInput
          label={t('height')}
          min={4}
          max={120}
          clampBehavior="strict"
          value={block.height}
          onChange={(height) => put({ ...block, height: Number(height) || 24 })}
        />
      )
    case 'footer':
      return (
        <Textarea
          label={t('note')}
          description={t('noteHint')}
          autosize
          minRows={3}
          maxLength={2000}
          value={block.note}
          onChange={(e) => put({ ...block, note: e.currentTarget.value })}
        />
      )
    case 'article':
    case 'sns':
    case 'signature':
    case 'html':
      return <RichFields block={block} put={put} />
    default:
      return null
  }
}

function withHref(block: Extract<Block, { kind: 'image' }>, href: string): Block {
  const { href: _, ...rest } = block
  return href ? { ...rest, href } : rest
}
