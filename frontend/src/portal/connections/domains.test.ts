import { describe, expect, it } from "vitest";

import { cleanDomain, cleanDomains, isDomain, sameDomains } from "./domains";

describe("cleanDomain", () => {
  it.each([
    [" Acme.COM ", "acme.com"],
    ["@acme.com", "acme.com"],
    ["jane@acme.com", "acme.com"],
    ["https://acme.com/login?x=1", "acme.com"],
    ["acme.com.", "acme.com"],
  ])("%s", (text, want) => {
    expect(cleanDomain(text)).toBe(want);
  });
});

describe("isDomain", () => {
  it.each([
    ["acme.com", true],
    ["mail.acme.co.uk", true],
    ["acme", false],
    ["*.acme.com", false],
    ["acme..com", false],
    [`${"a".repeat(250)}.com`, false],
  ])("%s: %s", (text, want) => {
    expect(isDomain(text)).toBe(want);
  });
});

it("takes each domain once", () => {
  expect(cleanDomains(["acme.com", "jane@ACME.com", "", "acme.eu"])).toEqual(["acme.com", "acme.eu"]);
});

it("does not mind the order", () => {
  expect(sameDomains(["a.com", "b.com"], ["b.com", "a.com"])).toBe(true);
  expect(sameDomains(["a.com"], ["a.com", "b.com"])).toBe(false);
});
