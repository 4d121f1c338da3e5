import type { ReactNode } from 'react'

export interface IconProps {
  readonly size?: number
}

/** A picture beside words that say the same; screen readers skip it. */
function icon(paths: ReactNode) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        aria-hidden="true"
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {paths}
      </svg>
    )
  }
}

export const SearchIcon = icon(<path d="M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13m5-1.500L20 20" />)
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />)
export const PlayIcon = icon(<path d="M8 5.500v13l10.5-6.500z" />)
export const EditIcon = icon(<path d="m4 20 4-.8L19 8.200a2 2 0 0 0-2.9-2.900L5 16.300zM14.5 7l3 3" />)
export const TrashIcon = icon(<path d="M5 7h14M10 7V4.500h4V7m-7.5 0 .8 12.500h9.400L17.5 7M10.5 11v5m3-5v5" />)
export const RotateIcon = icon(
  <path d="M19.5 11A7.6 7.6 0 0 0 5.8 7.500L4.5 9m0-4.500V9H9m-4.5 4A7.6 7.6 0 0 0 18.2 16.500L19.5 15m0 4.500V15H15" />,
)
export const BackIcon = icon(<path d="M19 12H5m6-6-6 6 6 6" />)
export const MoreIcon = icon(<path d="M12 5.500v.01M12 12v.01M12 18.500v.01" strokeWidth="2.8" />)
export const SunIcon = icon(
  <path d="M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8m0-13v1.500m0 15V21M4.2 7.500l1.3.8m13 7.4 1.3.8m-15.6 0 1.3-.8m13-7.4 1.3-.8" />,
)
export const MoonIcon = icon(<path d="M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10" />)
export const ScreenIcon = icon(<path d="M4 5h16v10.500H4zM9 19.500h6m-3-4v4" />)
export const UserIcon = icon(<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8m-7.5 8a7.5 7.5 0 0 1 15 0" />)
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.500L19 7.5" />)
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />)
export const CopyIcon = icon(<path d="M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9" />)
export const SortIcon = icon(<path d="M8 5v14m0 0-3.5-3.500M8 19l3.5-3.500M16 19V5m0 0-3.5 3.500M16 5l3.5 3.5" />)
export const UpIcon = icon(<path d="M12 19V5m-5 5 5-5 5 5" />)
export const DownIcon = icon(<path d="M12 5v14m-5-5 5 5 5-5" />)
export const KeyIcon = icon(<path d="M8 18.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8m3-6.800L19.5 3.500m-4 4L18.5 10" />)

/** The sign of the gateway. */
export function BrandMark({ size = 28 }: IconProps) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="8" fill="#3b5bdb" />
      <path d="M8 16h6m4-6h6m-6 12h6M14 16l4-6m-4 6 4 6" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
      <circle cx="8" cy="16" r="2.4" fill="#fff" />
    </svg>
  )
}
