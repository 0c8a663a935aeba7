import { describe, expect, it } from "vitest";

import { freshness, nothingYet, receive, rowsOf, type Setup, type SetupStep, type StepName, type Stranger, strangersOf, tickedSince, unseen } from "./rows";

const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, "0")}:00Z`;
const names: StepName[] = ["credentials_accepted", "lookup_works", "user_created"];

type Told = { done?: number; refused?: number };

function setupOf(told: Partial<Record<StepName, Told>>, strangers: Stranger[] = []): Setup {
  const steps = names.map((step): SetupStep => {
    const { done, refused } = told[step] ?? {};
    return {
      step,
      title: step,
      done_at: done === undefined ? null : at(done),
      request: done === undefined ? null : { id: `req${done}`, at: at(done), sentence: "Okta did it." },
      refusal: refused === undefined ? null : { at: at(refused), request_id: `req${refused}`, sentence: "Okta could not.", fix: null },
    };
  });
  const done = steps.filter((s) => s.done_at).length;
  return { connection: { id: "con1", name: "Acme – Okta", provider: "okta" }, status: "testing", reason: "", hint: null, steps, strangers, done, total: steps.length };
}
const stranger = (minute: number): Stranger => ({ at: at(minute), hint: "rst…e9f2", what: "revoked", sentence: "A request came with a token ending …e9f2." });

describe("rowsOf", () => {
  it("tells what each step waits for", () => {
    const rows = rowsOf(setupOf({ credentials_accepted: { done: 1 }, lookup_works: { refused: 2 } }));
    expect(rows.map((r) => [r.step, r.state])).toEqual([
      ["credentials_accepted", "done"],
      ["lookup_works", "refused"],
      ["user_created", "open"],
    ]);
    expect(rows[0]).toMatchObject({ at: at(1), request: { id: "req1" } });
    expect(rows[1]).toMatchObject({ refusal: { request_id: "req2" } });
  });
  it("shows a step that is done as done, whatever was refused before", () => {
    expect(rowsOf(setupOf({ user_created: { done: 3, refused: 2 } }))[2]?.state).toBe("done");
  });
});

describe("nothingYet", () => {
  it.each([
    ["nothing", setupOf({}), true],
    ["a tick", setupOf({ lookup_works: { done: 1 } }), false],
    ["a refusal", setupOf({ user_created: { refused: 1 } }), false],
    ["a wrong token", setupOf({}, [stranger(1)]), false],
  ])("%s", (_, setup, want) => {
    expect(nothingYet(setup)).toBe(want);
  });
});

describe("strangersOf", () => {
  const both = [stranger(5), stranger(1)];
  it("shows all of them until the right token was accepted", () => {
    expect(strangersOf(setupOf({}, both))).toEqual(both);
  });
  it("forgets those that came before it", () => {
    expect(strangersOf(setupOf({ credentials_accepted: { done: 3 } }, both))).toEqual([stranger(5)]);
  });
});

describe("freshness", () => {
  it.each([
    ["nothing", setupOf({}), 0],
    ["ticks and refusals", setupOf({ credentials_accepted: { done: 1 }, user_created: { refused: 4 } }), Date.parse(at(4))],
    ["a wrong token", setupOf({ credentials_accepted: { done: 1 } }, [stranger(7)]), Date.parse(at(7))],
  ])("is that of %s", (_, setup, want) => {
    expect(freshness(setup)).toBe(want);
  });
});

it("finds what was ticked since", () => {
  const before = setupOf({ credentials_accepted: { done: 1 }, user_created: { refused: 1 } });
  const after = setupOf({ credentials_accepted: { done: 1 }, lookup_works: { done: 2 }, user_created: { done: 3 } });
  expect(tickedSince(before, after)).toEqual(["lookup_works", "user_created"]);
  expect(tickedSince(after, after)).toEqual([]);
});

describe("receive", () => {
  const first = setupOf({ credentials_accepted: { done: 1 } });
  const second = setupOf({ credentials_accepted: { done: 1 }, lookup_works: { done: 2 } });
  const third = setupOf({ credentials_accepted: { done: 1 }, lookup_works: { done: 2 }, user_created: { done: 3 } });

  it("does not call news what was there from the start", () => {
    expect(receive(unseen, second)).toEqual({ setup: second, ticked: [] });
  });
  it("collects what is ticked while somebody watches", () => {
    expect([second, third].reduce(receive, receive(unseen, first)).ticked).toEqual(["lookup_works", "user_created"]);
  });
  it("does not go back when an older one comes late", () => {
    const seen = [second, third].reduce(receive, receive(unseen, first));
    expect(receive(seen, second)).toBe(seen);
  });
  it("takes a refusal that is newer", () => {
    const refused = setupOf({ credentials_accepted: { done: 1 }, user_created: { refused: 2 } });
    const again = setupOf({ credentials_accepted: { done: 1 }, user_created: { refused: 5 } });
    const seen = [refused, again].reduce(receive, receive(unseen, first));
    expect(seen.setup).toBe(again);
    expect(receive(seen, refused).setup).toBe(again);
  });
  it("takes another status without any other news", () => {
    const paused: Setup = { ...second, status: "paused" };
    expect(receive(receive(unseen, second), paused).setup).toBe(paused);
  });
});
