import { useEffect } from "react";

/** Whether the interface is shown in a frame of the vendor's app. */
export const embedded = window.parent !== window;

/** hostOf is the origin of the page around, if it is one that may embed. */
export function hostOf(referrer: string, allowed: string[]): string | null {
  let origin: string;
  try {
    ({ origin } = new URL(referrer));
  } catch {
    return null;
  }
  return allowed.some((pattern) => matches(origin, pattern)) ? origin : null;
}

/** matches compares an origin with "https://app.example.com" or "https://*.example.com". */
function matches(origin: string, pattern: string): boolean {
  const star = pattern.indexOf("//*.");
  if (star < 0) return origin === pattern;
  return origin.startsWith(pattern.slice(0, star + 2)) && origin.endsWith(pattern.slice(star + 3));
}

/**
 * useEmbedding tells the page around how high the content is and where in the
 * interface it is, and goes where that page says. Nobody else is told or heard.
 */
export function useEmbedding(allowed: string[], path: string, go: (to: string) => void) {
  const host = embedded ? hostOf(window.location.ancestorOrigins?.[0] ?? document.referrer, allowed) : null;
  useEffect(() => {
    if (!host) return;
    const root = document.getElementById("root");
    if (!root) return;
    const tell = () => window.parent.postMessage({ type: "roster:height", height: Math.ceil(root.getBoundingClientRect().height) }, host);
    const observer = new ResizeObserver(tell);
    observer.observe(root);
    return () => observer.disconnect();
  }, [host]);
  useEffect(() => {
    if (host) window.parent.postMessage({ type: "roster:navigate", path }, host);
  }, [host, path]);
  useEffect(() => {
    if (!host) return;
    const hear = (event: MessageEvent<unknown>) => {
      if (event.origin !== host || event.source !== window.parent) return;
      const to = pathOf(event.data);
      if (to) go(to);
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, [host, go]);
}

/** pathOf is where a message says to go: pages of the portal alone. */
export function pathOf(message: unknown): string | null {
  if (typeof message !== "object" || message === null) return null;
  const { type, path } = message as { type?: unknown; path?: unknown };
  if (type !== "roster:go" || typeof path !== "string") return null;
  return /^\/portal(\/[\w./?=&%-]*)?$/.test(path) && !path.includes("..") ? path : null;
}
