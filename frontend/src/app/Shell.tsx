import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { type ComponentType, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { AccountMenu } from "./AccountMenu";
import { useBrand } from "./brand";
import { embedded } from "./embed";
import { LogoMark } from "./LogoMark";
import css from "./Shell.module.css";

export interface NavItem {
  to: string;
  label: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  /** Only this very address is the item's, not those below it. */
  exact?: boolean;
}

/** A heading and what is below it. */
export interface NavGroup {
  label?: string;
  items: NavItem[];
}

/** The frame of every page: skip link, navigation, banner and content. */
export function Shell({ nav, banner, children }: { nav: NavGroup[]; banner?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const path = useRouterState({ select: (s) => s.location.pathname });
  useEffect(close, [path, close]);
  return (
    <div className={css.shell} data-embedded={embedded || undefined}>
      <a className={css.skip} href="#content">
        {t("aria.skip")}
      </a>
      <nav className={css.side} aria-label={t("aria.navigation")}>
        <Brand />
        <Links nav={nav} />
        <div className={css.spacer} />
        <AccountMenu />
      </nav>
      <header className={css.top}>
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={open} aria-label={t("aria.menu")} aria-expanded={opened}>
          <IconMenu2 size={22} />
        </ActionIcon>
        <Brand />
        <AccountMenu compact />
      </header>
      <Drawer opened={opened} onClose={close} title={<Brand />} size="18rem" closeButtonProps={{ "aria-label": t("actions.close") }}>
        <nav aria-label={t("aria.navigation")}>
          <Links nav={nav} />
        </nav>
      </Drawer>
      <div>
        {banner}
        <Content path={path}>{children}</Content>
      </div>
    </div>
  );
}

/** The content takes the focus when another page is shown, so that readers begin there. */
function Content({ path, children }: { path: string; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <main id="content" ref={main} tabIndex={-1} className={css.main} style={{ outline: "none" }}>
      <div className={css.inner}>{children}</div>
    </main>
  );
}

function Brand() {
  const { productName, logo } = useBrand();
  return (
    <div className={css.brand}>
      {logo ? <img src={logo} alt="" /> : <LogoMark />}
      <span>{productName}</span>
    </div>
  );
}

function Links({ nav }: { nav: NavGroup[] }) {
  return nav.map((group, i) => (
    <div key={group.label ?? i} role={group.label ? "group" : undefined} aria-label={group.label}>
      {group.label && (
        <div className={css.group} aria-hidden>
          {group.label}
        </div>
      )}
      {group.items.map(({ to, label, icon: Icon, exact }) => (
        <Link key={to} to={to} className={css.link} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
          <Icon size={19} stroke={1.7} />
          {label}
        </Link>
      ))}
    </div>
  ));
}

/** A notice above everything, such as who looks at whose data. */
export function Banner({ label, children }: { label: string; children: ReactNode }) {
  return (
    <aside className={css.banner} aria-label={label}>
      {children}
    </aside>
  );
}
