import { describe, expect, it } from "vitest";

import { hostOf, pathOf } from "./embed";

describe("hostOf", () => {
  const allowed = ["https://app.example.com", "https://*.example.org"];
  it.each([
    ["https://app.example.com/settings?x=1", "https://app.example.com"],
    ["https://a.example.org/", "https://a.example.org"],
    ["https://a.b.example.org", "https://a.b.example.org"],
    ["https://example.org/", null],
    ["http://app.example.com/", null],
    ["https://app.example.com.evil.example/", null],
    ["https://evil.example/?https://app.example.com", null],
    ["https://evilexample.org/", null],
    ["", null],
  ])("%s", (referrer, host) => {
    expect(hostOf(referrer, allowed)).toBe(host);
  });
});

describe("pathOf", () => {
  it.each([
    [{ type: "roster:go", path: "/portal/people?search=jane" }, "/portal/people?search=jane"],
    [{ type: "roster:go", path: "/portal" }, "/portal"],
    [{ type: "roster:go", path: "/portal/../console" }, null],
    [{ type: "roster:go", path: "/console" }, null],
    [{ type: "roster:go", path: "https://evil.example/portal" }, null],
    [{ type: "roster:go", path: "//evil.example" }, null],
    [{ type: "other", path: "/portal" }, null],
    ["roster:go", null],
    [null, null],
  ])("%j", (message, path) => {
    expect(pathOf(message)).toBe(path);
  });
});
