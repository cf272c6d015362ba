/** Fetching a layer, with the reader's own session. */
export async function fetched<T>(address: string): Promise<T> {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return (await answer.json()) as T;
}

/** Might there be WebGL? Whether there really is shows when the map is opened: trying it out first would cost as much as the map. */
export function mayHaveWebGL(): boolean {
  return "WebGL2RenderingContext" in window;
}
