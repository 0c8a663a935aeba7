import { createTheme, type CSSVariablesResolver } from "@mantine/core";

import { shadesOf } from "./color";

/** The accent of an installation that has chosen none. */
export const ownAccent = "#4353d6";

/** themeOf is how everything looks; words are those that the library has none of its own for. */
export const themeOf = (accent: string | null | undefined, words: { close: string }) =>
  createTheme({
    colors: { accent: shadesOf(accent ?? ownAccent) },
    primaryColor: "accent",
    primaryShade: { light: 6, dark: 7 },
    autoContrast: true,
    defaultRadius: "md",
    cursorType: "pointer",
    respectReducedMotion: true,
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
    fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
    headings: { fontWeight: "650" },
    components: {
      Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
      Anchor: { defaultProps: { underline: "hover" } },
      Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } } },
      Notification: { defaultProps: { closeButtonProps: { "aria-label": words.close } } },
      // The head of a dialog is no second banner of the page.
      ModalHeader: { defaultProps: { component: "div" } },
      DrawerHeader: { defaultProps: { component: "div" } },
      Table: { defaultProps: { verticalSpacing: "sm" } },
    },
  });

/** Greys and reds that can be read (WCAG 2.2 AA) where the library's are too light. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5b6370",
    "--mantine-color-placeholder": "#6b7280",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    "--mantine-color-anchor": "var(--mantine-color-accent-6)",
    "--roster-page": "#f7f8fa",
    "--roster-card": "#ffffff",
    "--roster-line": "#e3e6eb",
  },
  dark: {
    "--mantine-color-body": "#1e2127",
    "--mantine-color-default": "#262a31",
    "--mantine-color-default-hover": "#2d3139",
    "--mantine-color-default-border": "#3f444d",
    "--mantine-color-dimmed": "#a9b0bb",
    "--mantine-color-placeholder": "#959ca7",
    "--mantine-color-error": "var(--mantine-color-red-4)",
    "--mantine-color-anchor": "var(--mantine-color-accent-4)",
    "--roster-page": "#16181d",
    "--roster-card": "#1e2127",
    "--roster-line": "#33373f",
  },
});
