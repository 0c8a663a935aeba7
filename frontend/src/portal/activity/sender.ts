/** What sends with a name that we know. Identity providers often send none. */
const known: [RegExp, string][] = [
  [/okta/i, "Okta"],
  [/azure|microsoft|entra|aad/i, "Microsoft Entra ID"],
  [/onelogin/i, "OneLogin"],
  [/jumpcloud/i, "JumpCloud"],
  [/pingfederate/i, "PingFederate"],
  [/pingone|pingidentity/i, "PingOne"],
  [/rippling/i, "Rippling"],
  [/cyberark|idaptive/i, "CyberArk"],
  [/google/i, "Google"],
  [/postman/i, "Postman"],
  [/insomnia/i, "Insomnia"],
  [/^curl\//i, "curl"],
  [/python|requests|aiohttp|httpx/i, "Python"],
  [/^go-http-client/i, "Go"],
];

/** senderOf guesses who sends with this User-Agent; null: nobody that we know. */
export function senderOf(userAgent: string): string | null {
  return known.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
