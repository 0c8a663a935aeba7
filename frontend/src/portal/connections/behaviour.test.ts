import { expect, it } from "vitest";

import { advanced, differing, sameSettings, type Settings, usual } from "./behaviour";

const preset: Settings = {
  patch_user_returns_body: true,
  patch_group_returns_body: false,
  unique_group_names: false,
  refuse_unknown_attributes: false,
  strict_types: false,
  keep_empty_strings: false,
  allow_empty_patch: false,
  pending_members: false,
};

it("shows every setting once", () => {
  expect([...usual, ...advanced].sort()).toEqual(Object.keys(preset).sort());
});

it("sends what differs alone", () => {
  expect(differing(preset, { ...preset, strict_types: true, patch_user_returns_body: false })).toEqual({ strict_types: true, patch_user_returns_body: false });
  expect(differing(preset, { ...preset })).toEqual({});
});

it("knows when there is nothing to save", () => {
  expect(sameSettings(preset, { ...preset })).toBe(true);
  expect(sameSettings(preset, { ...preset, pending_members: true })).toBe(false);
});
