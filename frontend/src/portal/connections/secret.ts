/** What is written into the file of a token. */
export interface SecretFile {
  connection: string;
  baseUrl: string;
  token: string;
  secret: string;
}

/** Names of the lines of the file, in the viewer's language. */
export type SecretLabels = Record<keyof SecretFile, string>;

/** secretFile is a token as a text file, with what it is entered together with. */
export function secretFile(values: SecretFile, labels: SecretLabels): string {
  const keys = ["connection", "baseUrl", "token", "secret"] as const;
  return keys.map((key) => `${labels[key]}: ${values[key]}\n`).join("");
}

/** secretFileName is a name that every file system takes. */
export function secretFileName(connection: string, token: string): string {
  const plain = `${connection} ${token}`
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase()
    .slice(0, 80);
  return `${plain || "scim"}-token.txt`;
}

/** saveFile has the browser download a text that no server has. */
export function saveFile(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
