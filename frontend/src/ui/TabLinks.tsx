import { Link } from "@tanstack/react-router";

import css from "./TabLinks.module.css";

export interface TabLink {
  to: string;
  label: string;
}

/** Parts of a page that have addresses of their own, one of which is shown. */
export function TabLinks({ label, tabs }: { label: string; tabs: TabLink[] }) {
  return (
    <nav className={css.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to as never} className={css.tab} activeOptions={{ exact: true, includeSearch: false }}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
