/** The mark of Roster: a list of people. */
export function LogoMark() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="var(--mantine-color-anchor)" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <rect x="2.5" y="2.5" width="19" height="19" rx="5" />
      <circle cx="8" cy="9" r="1.6" fill="var(--mantine-color-anchor)" stroke="none" />
      <circle cx="8" cy="15" r="1.6" fill="var(--mantine-color-anchor)" stroke="none" />
      <path d="M12.5 9H17M12.5 15H17" />
    </svg>
  );
}
