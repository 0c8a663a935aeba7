import { describe, expect, it } from "vitest";

import { freshened, newerThan } from "./newer";
import { senderOf } from "./sender";

const key = (item: { id: string }) => item.id;
const list = (...ids: string[]) => ids.map((id) => ({ id }));

describe("newerThan", () => {
  it.each([
    [list("c", "b", "a"), { id: "a" }, 2],
    [list("a"), { id: "a" }, 0],
    [list("d", "c"), { id: "a" }, 2],
    [list("b", "a"), { id: "c" }, 0],
    [list("a"), undefined, 0],
    [[], { id: "a" }, 0],
  ])("%j before %j", (head, first, count) => {
    expect(newerThan(head, first, key)).toBe(count);
  });
});

describe("freshened", () => {
  it("takes what is newer in the old order, and adds nothing", () => {
    const items = [
      { id: "b", n: 1 },
      { id: "a", n: 1 },
    ];
    const head = [
      { id: "c", n: 9 },
      { id: "a", n: 2 },
    ];
    expect(freshened(items, head, key)).toEqual([
      { id: "b", n: 1 },
      { id: "a", n: 2 },
    ]);
  });
});

describe("senderOf", () => {
  it.each([
    ["Okta SCIM Client 1.0.0", "Okta"],
    ["curl/8.5.0", "curl"],
    ["", null],
    ["SomethingElse/1", null],
  ])("%s", (userAgent, sender) => {
    expect(senderOf(userAgent)).toBe(sender);
  });
});
