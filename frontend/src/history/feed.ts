/** The recordings that a filter shows, as they were at one moment, and how many came since. */

import type { Api } from "../api.ts";
import type { Filter, Recording } from "../types.ts";
import { Pages, type Slice } from "./pages.ts";

/** Rows in one request; the first one has to be quick, the others are many. */
const PAGE = 50;

/** Where a list takes its rows from. */
export interface Rows {
  readonly total: number;
  get(index: number): Recording | undefined;
  want(first: number, last: number): void;
}

export class Feed implements Rows {
  /** Whether there is an answer already. */
  isReady = false;
  failure: unknown;
  /** How many recordings came that are not shown yet. */
  newer = 0;
  asOf: number | undefined;

  readonly filter: Filter;
  private readonly api: Api;
  private readonly changed: () => void;
  private readonly pages: Pages<Recording>;
  private isLooking = false;
  private isLookedForAgain = false;

  constructor(api: Api, filter: Filter, changed: () => void) {
    this.api = api;
    this.filter = filter;
    this.changed = changed;
    this.pages = new Pages((offset, limit) => this.fetch(offset, limit), changed, PAGE);
  }

  get total(): number {
    return this.pages.total;
  }

  /** Why rows are missing, if they are. */
  get trouble(): unknown {
    return this.failure ?? this.pages.failure;
  }

  get(index: number): Recording | undefined {
    return this.pages.get(index);
  }

  want(first: number, last: number): void {
    if (this.isReady) this.pages.want(first, last);
  }

  held(): Iterable<Recording> {
    return this.pages.held();
  }

  /** Show what there is now, from the newest on. */
  async open(): Promise<void> {
    this.failure = undefined;
    try {
      const page = await this.api.recordings(this.filter, 0, PAGE);
      this.asOf = page.as_of;
      this.newer = 0;
      this.pages.begin({ rows: page.recordings, total: page.total });
      this.isReady = true;
    } catch (failure) {
      this.failure = failure;
    }
    this.changed();
  }

  retry(): void {
    if (this.isReady) this.pages.refresh();
    else void this.open();
    this.changed();
  }

  /** Something changed: look what, and show it at once only if nobody loses the place. */
  async look(isAtTop: boolean): Promise<void> {
    if (!this.isReady) return;
    if (this.isLooking) {
      this.isLookedForAgain = true;
      return;
    }
    this.isLooking = true;
    try {
      await this.compare(isAtTop);
    } catch {
      // Home Assistant is away; it tells of a change again when it is back.
    } finally {
      this.isLooking = false;
    }
    if (this.isLookedForAgain) {
      this.isLookedForAgain = false;
      await this.look(isAtTop);
    }
  }

  /** The ids of a run of rows, of those too that are not held. */
  async ids(first: number, last: number): Promise<string[]> {
    const ids: string[] = [];
    for (let at = first; at < last; ) {
      const row = this.get(at);
      if (row) {
        ids.push(row.recording_id);
        at += 1;
        continue;
      }
      const { rows } = await this.fetch(at, Math.min(PAGE, last - at));
      if (rows.length === 0) break;
      ids.push(...rows.map((one) => one.recording_id));
      at += rows.length;
    }
    return ids;
  }

  replace(recording: Recording): void {
    this.pages.replace((row) => row.recording_id === recording.recording_id, recording);
  }

  private async compare(isAtTop: boolean): Promise<void> {
    const now = await this.api.recordings(this.filter, 0, isAtTop ? PAGE : 1);
    if (isAtTop) {
      this.asOf = now.as_of;
      this.newer = 0;
      // What is held is of another moment, and so at another place.
      this.pages.refresh({ rows: now.recordings, total: now.total });
    } else {
      const then = await this.fetch(0, 1);
      this.newer = Math.max(0, now.total - then.total);
      this.pages.total = then.total;
      this.pages.refresh();
    }
    this.changed();
  }

  private async fetch(offset: number, limit: number): Promise<Slice<Recording>> {
    const page = await this.api.recordings(this.filter, offset, limit, this.asOf);
    return { rows: page.recordings, total: page.total };
  }
}
