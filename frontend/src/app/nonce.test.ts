import { describe, expect, it } from "vitest";

import { nonceIn } from "./nonce";

function pageWith(content: string): Document {
  const page = document.implementation.createHTMLDocument();
  const meta = page.createElement("meta");
  meta.name = "csp-nonce";
  meta.content = content;
  page.head.append(meta);
  return page;
}

describe("the nonce of a page", () => {
  it.each([
    ["what the server wrote", "q3PTsn8YhNcFJ0xVb0Zz1g", "q3PTsn8YhNcFJ0xVb0Zz1g"],
    ["one that begins like the placeholder", "__-TnA8YhNcFJ0xVb0Zz1g", "__-TnA8YhNcFJ0xVb0Zz1g"],
    ["none where no server put one", "__CSP_NONCE__", ""],
  ])("is %s", (_, written, nonce) => {
    expect(nonceIn(pageWith(written))).toBe(nonce);
  });

  it("is none where the page has no place for it", () => {
    expect(nonceIn(document.implementation.createHTMLDocument())).toBe("");
  });
});
