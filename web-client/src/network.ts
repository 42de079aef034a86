import type { Platform } from './platform.ts';

/** Browsers tell of one change several times. */
const ONE_CHANGE_MS = 250;

/** Calls `changed` when the page's network is another, or back. Returns the function that ends it. */
export function watchNetwork(platform: Platform, changed: () => void): () => void {
  let last = -Infinity;
  const tell = () => {
    const now = Date.now();
    if (now - last < ONE_CHANGE_MS) return;
    last = now;
    changed();
  };
  const [page, network] = [platform.page(), platform.network()];
  page?.addEventListener('online', tell);
  network?.addEventListener?.('change', tell);
  return () => {
    page?.removeEventListener('online', tell);
    network?.removeEventListener?.('change', tell);
  };
}
