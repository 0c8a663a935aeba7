import { describe, expect, it } from "vitest";

import { mustAsk, resumeAt, stateOf, stepAt, steps } from "./steps";

const token = (state: "active" | "expired" | "revoked") => ({ id: "tok", name: "First", state, expires_at: null });

describe("resumeAt", () => {
  it.each([
    ["draft", null, "permissions"],
    ["waiting", token("active"), "guide"],
    ["testing", token("active"), "guide"],
    ["credentials_expired", token("expired"), "token"],
    ["credentials_expired", token("revoked"), "token"],
    ["credentials_expired", null, "token"],
    ["credentials_expired", token("active"), "guide"],
    ["healthy", token("active"), "review"],
    ["failing", token("active"), "review"],
    ["paused", token("active"), "review"],
  ] as const)("%s with %o goes on at %s", (status, token, want) => {
    expect(resumeAt({ status, token, people: { total: 0, active: 0 } })).toBe(want);
  });
  it("goes on at the review once people have come, while the first cycle runs", () => {
    expect(resumeAt({ status: "testing", token: token("active"), people: { total: 3, active: 3 } })).toBe("review");
  });
});

describe("stepAt", () => {
  const wizard = "/console/tenants/ten1/connections/con1/setup";
  it.each([
    [wizard, null],
    [`${wizard}/`, null],
    [`${wizard}/token`, "token"],
    [`${wizard}/guide/`, "guide"],
    [`${wizard}/other`, null],
    ["/portal/connections/con1", null],
    ["/portal/connections/con2/setup/token", null],
  ])("%s", (path, want) => {
    expect(stepAt(path, wizard)).toBe(want);
  });
});

it("shows what comes before the place to go on as done", () => {
  expect(steps.map((step) => stateOf(step, "permissions", "guide"))).toEqual(["done", "current", "done", "open", "open"]);
});

it("does not show as done what one has only looked past", () => {
  expect(steps.map((step) => stateOf(step, "review", "permissions"))).toEqual(["done", "done", "open", "open", "current"]);
});

describe("mustAsk", () => {
  const shown = { secret: true, saved: false, asked: false, from: "token", to: "guide" } as const;
  it.each([
    ["the token's step is left", {}, true],
    ["the wizard is left", { to: null }, true],
    ["the wizard is left from the guide", { from: "guide", to: null }, true],
    ["one goes on within the wizard", { from: "guide", to: "review" }, false],
    ["the page stays", { to: "token" }, false],
    ["it was copied", { saved: true }, false],
    ["it was asked before", { asked: true, to: null }, false],
    ["there is no token to be seen", { secret: false, to: null }, false],
  ] as const)("when %s: %o", (_, change, want) => {
    expect(mustAsk({ ...shown, ...change })).toBe(want);
  });
});
