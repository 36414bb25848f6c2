// The app's mark: a ring that is being filled, around a still point.
// Not in it: the icon of the window (src-tauri/icons).
export function Mark(props: { size: number }) {
  return (
    <svg width={props.size} height={props.size} viewBox="0 0 32 32" aria-hidden="true" class="mark">
      <rect width="32" height="32" rx="7.5" class="mark-ground" />
      <circle cx="16" cy="16" r="9" fill="none" stroke="#fff" stroke-opacity="0.3" stroke-width="2.5" />
      <path d="M16 7a9 9 0 1 1-7.8 13.5" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round" />
      <circle cx="16" cy="16" r="2.4" fill="#fff" />
    </svg>
  );
}
