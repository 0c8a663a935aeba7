import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Verifier, WebhookError } from "../src/index.js";

interface Vector {
  name: string;
  secrets: string[];
  now: number;
  headers: Record<string, string>;
  body: string;
  fault: string;
}

const file = new URL("../../testdata/webhooks.json", import.meta.url);
const vectors = JSON.parse(await readFile(file, "utf8")) as Vector[];

for (const v of vectors) {
  test(`a webhook of the public library: ${v.name}`, async () => {
    const verifier = new Verifier(v.secrets, () => v.now * 1000 + 999);
    const asBytes = new TextEncoder().encode(v.body);
    for (const headers of [v.headers, new Headers(v.headers)]) {
      for (const body of [v.body, asBytes]) {
        if (v.fault === "") {
          const event = await verifier.verify(headers, body);
          assert.equal(event.sequence, 7);
          assert.equal(event.data["userName"], "Zoë");
        } else {
          await assert.rejects(verifier.verify(headers, body), (error) => error instanceof WebhookError && error.fault === v.fault);
        }
      }
    }
  });
}

test("secrets that are none are refused and not shown", () => {
  for (const secrets of [[], "", "whsec_", "whsec_c2hvcnQ=", "hidden, not base64", [vectors[0]!.secrets[0]!, ""]]) {
    assert.throws(
      () => new Verifier(secrets),
      (error) => error instanceof TypeError && !error.message.includes("hidden"),
    );
  }
});
