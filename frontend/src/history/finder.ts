/** Search the words of recordings; hits come in while it goes on, and it can be stopped. */

import type { Api, Unsubscribe } from "../api.ts";
import type { Filter, Recording, SearchEvent } from "../types.ts";
import type { Rows } from "./feed.ts";

export class Finder implements Rows {
  hits: Recording[] = [];
  scanned = 0;
  outOf = 0;
  isDone = false;
  isStopped = false;
  /** Whether there are more hits than are shown. */
  isCapped = false;
  failure: unknown;

  readonly text: string;
  readonly filter: Filter;
  private readonly changed: () => void;
  private subscription: Promise<Unsubscribe> | undefined;

  constructor(api: Api, filter: Filter, text: string, changed: () => void) {
    this.text = text;
    this.filter = filter;
    this.changed = changed;
    this.subscription = api.search(filter, text, (event) => this.heard(event));
    this.subscription.catch((failure) => {
      this.failure = failure;
      this.isDone = true;
      this.changed();
    });
  }

  get total(): number {
    return this.hits.length;
  }

  get(index: number): Recording | undefined {
    return this.hits[index];
  }

  want(): void {
    // All hits are here.
  }

  /** Go no farther; what was found stays. */
  stop(): void {
    if (!this.isDone) this.isStopped = true;
    this.isDone = true;
    this.end();
    this.changed();
  }

  /** Nobody looks at it any more. */
  end(): void {
    this.subscription?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
    this.subscription = undefined;
  }

  replace(recording: Recording): void {
    this.hits = this.hits.map((hit) =>
      hit.recording_id === recording.recording_id ? recording : hit,
    );
  }

  remove(gone: ReadonlySet<string>): void {
    this.hits = this.hits.filter((hit) => !gone.has(hit.recording_id));
  }

  private heard(event: SearchEvent): void {
    if (this.isStopped) return;
    this.hits = [...this.hits, ...event.recordings];
    this.scanned = event.scanned;
    this.outOf = event.total;
    this.isCapped ||= event.capped ?? false;
    this.failure = event.error;
    this.isDone = event.done;
    if (event.done) this.end();
    this.changed();
  }
}
