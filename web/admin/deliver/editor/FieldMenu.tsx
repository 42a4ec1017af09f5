import { Combobox, useCombobox } from '@mantine/core'
import { Braces } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useWords } from '../../words/words.tsx'
import { FIELD_GROUPS, useAllFields } from './fields.ts'

/** The merge fields, searched while writing: arrows and Enter choose, Escape goes back to the text. */
export function FieldMenu({
  opened,
  onChange,
  onPick,
}: {
  opened?: boolean
  onChange?: (to: boolean) => void
  onPick: (field: string) => void
}) {
  const t = useWords('deliver')
  const words = useWords('templates')
  const fields = useAllFields()
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
      onChange?.(false)
    },
  })
  const { openDropdown, focusSearchInput, dropdownOpened } = combobox
  useEffect(() => {
    if (opened) openDropdown()
  }, [opened, openDropdown])
  // Only once it stands there: what is hidden takes no focus.
  useEffect(() => {
    if (dropdownOpened) focusSearchInput()
  }, [dropdownOpened, focusSearchInput])
  const wanted = search.trim().toLowerCase()
  const found = fields.filter(({ field, name }) => !wanted || name.toLowerCase().includes(wanted) || field.toLowerCase().includes(wanted))
  return (
    <Combobox
      store={combobox}
      width={280}
      position="bottom-start"
      onOptionSubmit={(field) => {
        onPick(field)
        combobox.closeDropdown()
      }}
    >
      <Combobox.Target targetType="button">
        <button
          type="button"
          className="tool-words"
          title={t('insertFieldHint')}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => combobox.toggleDropdown()}
        >
          <Braces size={13} aria-hidden />
          {t('insertField')}
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          aria-label={words('editor.findField')}
          placeholder={words('editor.findField')}
          value={search}
          onChange={(e) => {
            setSearch(e.currentTarget.value)
            combobox.updateSelectedOptionIndex()
          }}
        />
        <Combobox.Options mah={280} style={{ overflow: 'auto' }} tabIndex={0} aria-label={t('insertField')}>
          {found.length === 0 && <Combobox.Empty>{words('editor.noField')}</Combobox.Empty>}
          {FIELD_GROUPS.map((group) => {
            const some = found.filter((one) => one.group === group)
            return some.length === 0 ? null : (
              <Combobox.Group key={group} label={words(`fieldGroup.${group}`)}>
                {some.map(({ field, name }) => (
                  <Combobox.Option key={field} value={field} className="field-option">
                    {name}
                    {group === 'lead' && <code className="muted tiny field-code">{field}</code>}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            )
          })}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
