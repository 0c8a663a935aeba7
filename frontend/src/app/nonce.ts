import { setNonce } from "get-nonce";

/** The nonce of this answer's Content-Security-Policy; empty in development. */
const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
export const nonce = meta.startsWith("__") ? "" : meta;

// What keeps the page behind a dialog from scrolling adds a style sheet, too.
if (nonce) setNonce(nonce);
