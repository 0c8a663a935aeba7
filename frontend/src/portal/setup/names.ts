/** The longest name that the server takes. */
export const maxName = 64;

/** suggestName is a name that no other connection of the tenant has: "Acme – Okta". */
export function suggestName(tenant: string, provider: string, taken: readonly string[]): string {
  const used = new Set(taken.map(plain));
  for (let n = 1; ; n++) {
    const end = ` – ${provider}${n > 1 ? ` (${n})` : ""}`;
    const name = clip(tenant.trim(), maxName - length(end)) + end;
    if (!used.has(plain(name))) return name;
  }
}

export type NameFault = "missing" | "long" | "taken";

/** faultOf is why a name would be refused, as far as the page can know; null: nothing speaks against it. */
export function faultOf(name: string, taken: readonly string[]): NameFault | null {
  const text = name.trim();
  if (!text) return "missing";
  if (length(text) > maxName) return "long";
  return taken.some((other) => plain(other) === plain(text)) ? "taken" : null;
}

const plain = (name: string) => name.trim().toLowerCase();
// Characters, as the server counts them, not UTF-16 units.
const length = (text: string) => [...text].length;
const clip = (text: string, most: number) => [...text].slice(0, most).join("").trimEnd();
