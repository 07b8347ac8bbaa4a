/** Pass on what happens in the household, for as long as the panel is shown. */

import type { Api, Unsubscribe } from "./api.ts";
import type { Changed, LiveEvent, Status } from "./types.ts";

export class Live extends EventTarget {
  status: Status | undefined;
  private end: Promise<Unsubscribe> | undefined;

  start(api: Api): void {
    this.end ??= api.listen((event) => this.heard(event));
  }

  stop(): void {
    // The connection may be gone already, and with it the subscription.
    this.end?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
    this.end = undefined;
  }

  /** Call back whenever one of these changed; the returned function stops that. */
  on(changes: Changed[], callback: () => void): () => void {
    for (const changed of changes) this.addEventListener(changed, callback);
    return () => {
      for (const changed of changes) this.removeEventListener(changed, callback);
    };
  }

  private heard(event: LiveEvent): void {
    this.status = event.status;
    this.dispatchEvent(new Event(event.changed));
    if (event.changed !== "status") this.dispatchEvent(new Event("status"));
  }
}
