/** onCopyOf is what to do when somebody copies a secret by hand, not by its button. */
export function onCopyOf(secret: string | undefined, saved: () => void): () => void {
  return () => {
    if (secret && document.getSelection()?.toString().includes(secret)) saved();
  };
}
