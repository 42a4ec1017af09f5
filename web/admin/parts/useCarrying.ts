import {
  type Announcements,
  type DndContextProps,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  PointerSensor,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { useWords } from '../words/words.tsx'

/** Enter opens what lies there; it puts down only what is lifted. */
const KEYS = { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter'] }

/**
 * For a `DndContext` whose things are carried from place to place: by pointer, or by keyboard: space, arrows, space. Each step is said aloud.
 * @param next where an arrow key goes
 * @param homeOf the place where a thing lies
 */
export function useCarrying(
  next: KeyboardCoordinateGetter,
  {
    nameOf,
    placeName,
    homeOf,
  }: {
    nameOf: (id: UniqueIdentifier) => string
    placeName: (place: UniqueIdentifier) => string
    homeOf: (id: UniqueIdentifier) => UniqueIdentifier | undefined
  },
): Required<Pick<DndContextProps, 'sensors' | 'accessibility'>> {
  const t = useWords('parts')
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: next, keyboardCodes: KEYS }),
  )
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('carry.lifted', { name: nameOf(active.id) }),
    onDragOver: ({ over }) => (over ? placeName(over.id) : undefined),
    onDragEnd: ({ active, over }) =>
      over && over.id !== homeOf(active.id)
        ? t('carry.dropped', { name: nameOf(active.id), place: placeName(over.id) })
        : t('carry.kept', { name: nameOf(active.id) }),
    onDragCancel: () => t('carry.cancelled'),
  }
  return { sensors, accessibility: { screenReaderInstructions: { draggable: t('carry.help') }, announcements } }
}
