import { setNonce } from "get-nonce";

/** Stands in the page until the server puts a nonce there. A nonce may begin like it. */
const placeholder = "__CSP_NONCE__";

/** The nonce of this answer's Content-Security-Policy; empty in development. */
export const nonce = nonceIn(document);

// What keeps the page behind a dialog from scrolling adds a style sheet, too.
if (nonce) setNonce(nonce);

export function nonceIn(page: Document): string {
  const written = page.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  return written === placeholder ? "" : written;
}
