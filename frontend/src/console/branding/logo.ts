/** What a logo may weigh, in bytes. */
export const maxLogo = 64 << 10;

const types = ["image/png", "image/svg+xml"];

interface Logo {
  /** A data: address. */
  data?: string;
  wrong?: "type" | "size";
}

/** logoOf reads a picture that somebody has chosen. */
export async function logoOf(file: File): Promise<Logo> {
  if (!types.includes(file.type)) return { wrong: "type" };
  if (file.size > maxLogo) return { wrong: "size" };
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { data: `data:${file.type};base64,${btoa(text)}` };
}
