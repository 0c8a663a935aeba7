/** What the server takes for a domain. */
const domain = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

export const maxDomains = 100;

/** cleanDomain is a domain as somebody means it: without what else is in an e-mail or web address. */
export function cleanDomain(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/^.*@/, "")
    .replace(/[/?#].*$/, "")
    .replace(/\.$/, "");
}

export const isDomain = (text: string) => text.length <= 253 && domain.test(text);

/** cleanDomains are domains without what is there twice. */
export function cleanDomains(texts: readonly string[]): string[] {
  return [...new Set(texts.map(cleanDomain).filter((d) => d !== ""))];
}

/** sameDomains tells whether two lists let the same people in. */
export function sameDomains(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((d) => b.includes(d));
}
