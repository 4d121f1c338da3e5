import {
  Alert,
  type CSSVariablesResolver,
  createTheme,
  Menu,
  Modal,
  NativeSelect,
  PasswordInput,
  Table,
  TextInput,
  Tooltip,
} from '@mantine/core'

/** The tones of the badges, for panels too: the library's own dark red is louder than anything else on the page. */
const ALERT_TONES: Readonly<Record<string, string>> = { teal: 'good', yellow: 'warn', red: 'bad', gray: 'quiet' }

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 7,
  colors: {
    // The library's greys with a little blue, as the surfaces have.
    dark: ['#d5d9e0', '#b1b8c3', '#8b93a0', '#5f6772', '#414853', '#30353d', '#252931', '#1b1e24', '#131519', '#0e1013'],
  },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '650' },
  components: {
    Alert: Alert.extend({
      vars: (_theme, { color }) => {
        const tone = ALERT_TONES[color ?? ''] ?? 'quiet'
        return { root: { '--alert-bg': `var(--tone-${tone}-surface)`, '--alert-color': `var(--tone-${tone}-text)` } }
      },
    }),
    // Its own first stop in a menu is an element without a role, which a menu may not have; the first item takes the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // The library would lock the page's scrolling with a style element that carries no nonce; base.css does it.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, closeButtonProps: { 'aria-label': 'Close', className: 'touch-target' } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
    TextInput: TextInput.extend({ defaultProps: { autoComplete: 'off' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { autoComplete: 'off' } }),
    // Browsers offer to keep what is typed into a field for a password unless it is said to be a new one.
    PasswordInput: PasswordInput.extend({
      defaultProps: { autoComplete: 'new-password', visibilityToggleButtonProps: { 'aria-label': 'Show or hide what is typed' } },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } }),
  },
})

/** Darker than the library's own where its greys are too pale to be read easily (WCAG AA asks for a contrast of 4.5). */
export const colorVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c6370',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#364fc7',
    '--console-background': '#f6f7f9',
    '--console-surface': '#ffffff',
    '--console-line': '#e1e4e9',
    '--console-focus': '#4263eb',
  },
  dark: {
    '--mantine-color-dimmed': '#a6adb8',
    '--mantine-color-placeholder': '#98a0ab',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#91a7ff',
    '--console-background': '#131519',
    '--console-surface': '#1b1e24',
    '--console-line': '#30353d',
    '--console-focus': '#91a7ff',
  },
})
