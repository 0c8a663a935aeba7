import { describe, expect, it } from "vitest";

import { secretFile, secretFileName } from "./secret";

describe("secretFile", () => {
  it("names the connection and its address beside the secret", () => {
    const labels = { connection: "Connection", baseUrl: "SCIM base URL", token: "Token", secret: "Secret" };
    const values = { connection: "Acme – Okta", baseUrl: "https://x.example/scim/v2/con01", token: "First", secret: "rstrtokabc" };
    expect(secretFile(values, labels)).toBe(
      "Connection: Acme – Okta\nSCIM base URL: https://x.example/scim/v2/con01\nToken: First\nSecret: rstrtokabc\n",
    );
  });
});

describe("secretFileName", () => {
  it.each([
    ["Acme – Okta (EU)", "First token", "acme-okta-eu-first-token-token.txt"],
    ["Zürich/..\\Büro", "x", "zurich-buro-x-token.txt"],
    ["株式会社", "鍵", "scim-token.txt"],
    ["a".repeat(64), "b".repeat(64), `${"a".repeat(64)}-${"b".repeat(15)}-token.txt`],
  ])("%s, %s", (connection, token, name) => {
    expect(secretFileName(connection, token)).toBe(name);
  });
});
