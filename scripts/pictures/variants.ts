/** Each page is shown four times: wide and narrow, light and dark. */
export const VARIANTS = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { name: colorScheme, colorScheme, viewport: { width: 1280, height: 860 } },
  { name: `narrow-${colorScheme}`, colorScheme, viewport: { width: 360, height: 780 } },
])
