import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const indigo: MantineColorsTuple = [
  '#eef1ff',
  '#dfe4fb',
  '#bcc6f4',
  '#96a6ee',
  '#778ae9',
  '#6379e6',
  '#4f63d8',
  '#4256c0',
  '#3e55b7',
  '#3149a2',
]
const ink: MantineColorsTuple = [
  '#f7f8fa',
  '#eef0f3',
  '#e3e6eb',
  '#cfd4dc',
  '#a7aeba',
  '#7a828f',
  '#5b6370',
  '#434a55',
  '#2b303a',
  '#171b22',
]
const night: MantineColorsTuple = [
  '#e6e8ec',
  '#b8bec8',
  '#9aa3b0',
  '#5f6875',
  '#343a44',
  '#2a2f37',
  '#22262d',
  '#1a1d22',
  '#16181d',
  '#131519',
]

/** Inter for Latin and digits, the system's own faces for Japanese: no multi-megabyte web font. */
export const font =
  '"Inter Variable","Hiragino Sans","Hiragino Kaku Gothic ProN","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,system-ui,sans-serif'

/** Mantine's theme: our scale of sizes and radii. Colours of our own parts are the tokens of tokens.css. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 6 },
  colors: { indigo, gray: ink, dark: night },
  fontFamily: font,
  headings: {
    fontFamily: font,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '1.4' },
      h2: { fontSize: '16px', lineHeight: '1.5' },
      h3: { fontSize: '14px', lineHeight: '1.5' },
    },
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.5', sm: '1.55', md: '1.6', lg: '1.6', xl: '1.5' },
  defaultRadius: 'md',
  radius: { sm: '6px', md: '8px', lg: '12px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  shadows: {
    xs: '0 1px 2px rgb(16 24 40 / .05)',
    sm: '0 1px 3px rgb(16 24 40 / .08), 0 1px 2px rgb(16 24 40 / .04)',
    md: '0 8px 24px rgb(16 24 40 / .10)',
  },
  // Plain objects, not Button.extend(): that would put every part named here into the first chunk.
  components: {
    Button: { defaultProps: { size: 'sm', fw: 600 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Checkbox: { defaultProps: { radius: 4 } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 600 } },
    Tooltip: { defaultProps: { openDelay: 300 } },
    Card: { defaultProps: { withBorder: true, radius: 'lg', padding: 'lg' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    // What a menu opened gives the focus back to the menu's button.
    Menu: { defaultProps: { returnFocus: true } },
    Modal: { defaultProps: { radius: 'lg', centered: true } },
  },
})

const soft = (name: string, token: string) => ({
  [`--mantine-color-${name}-light`]: `var(--${token}-soft)`,
  [`--mantine-color-${name}-light-color`]: `var(--${token}-ink)`,
})
const ours = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--txt)',
  '--mantine-color-dimmed': 'var(--sub)',
  '--mantine-color-placeholder': 'var(--sub)',
  '--mantine-color-default-border': 'var(--bd-strong)',
  '--mantine-color-error': 'var(--red)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-indigo-light': 'var(--accent-soft)',
  '--mantine-color-indigo-light-hover': 'var(--accent-nav)',
  '--mantine-color-indigo-light-color': 'var(--accent-ink)',
  // Words in red stand on our surfaces; what is filled with red has white words on it in both schemes.
  '--mantine-color-red-6': 'var(--red)',
  '--mantine-color-red-filled': '#c0302b',
  '--mantine-color-red-filled-hover': '#a62823',
  ...soft('green', 'green'),
  ...soft('teal', 'teal'),
  ...soft('red', 'red'),
  ...soft('yellow', 'amber'),
  ...soft('orange', 'amber'),
  ...soft('blue', 'blue'),
  ...soft('violet', 'violet'),
  ...soft('gray', 'grey'),
}

/** Mantine's own variables spoken in our tokens: its soft colours alone miss the contrast of 4.5. */
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: ours, dark: ours })
