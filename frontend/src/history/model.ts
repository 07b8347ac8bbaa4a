/** What the history shows and what of it is chosen, whatever it looks like. */

import type { Api } from "../api.ts";
import type { Facets, Recording, What } from "../types.ts";
import { Feed, type Rows } from "./feed.ts";
import { type Choice, filterOf } from "./filter.ts";
import { Finder } from "./finder.ts";
import { MOST, Selection } from "./selection.ts";

/** The days and their numbers are counted anew at most so often, in milliseconds. */
const FACETS_EVERY = 10_000;

export class HistoryModel {
  choice: Choice = {};
  /** What is searched for; it is in no address, for addresses are kept in many places. */
  text = "";
  feed: Feed;
  finder: Finder | undefined;
  selection = new Selection();
  facets: Facets | undefined;
  /** What something other than the list could not do. */
  failure: unknown;

  private readonly api: Api;
  private readonly timeZone: string;
  private readonly changed: () => void;
  private facetsAt = Number.NEGATIVE_INFINITY;

  constructor(api: Api, timeZone: string, choice: Choice, changed: () => void) {
    this.api = api;
    this.timeZone = timeZone;
    this.changed = changed;
    this.choice = choice;
    this.feed = this.opened();
  }

  get rows(): Rows {
    return this.finder ?? this.feed;
  }

  get isFiltered(): boolean {
    return Object.keys(this.choice).length > 0;
  }

  /** Show the recordings that meet other conditions. */
  show(choice: Choice): void {
    this.choice = choice;
    this.feed = this.opened();
    this.search(this.text);
  }

  search(text: string): void {
    this.finder?.end();
    this.text = text;
    this.selection = new Selection();
    this.finder = text ? new Finder(this.api, this.feed.filter, text, this.changed) : undefined;
    this.changed();
  }

  end(): void {
    this.finder?.end();
  }

  /** Something was kept, deleted or held somewhere. */
  async look(isAtTop: boolean): Promise<void> {
    await this.feed.look(isAtTop);
    await this.loadFacets();
  }

  async choose(from: number, to: number, isRange: boolean): Promise<void> {
    if (isRange) {
      const [first, last] = from < to ? [from, to] : [to, from];
      const room = Math.min(last + 1, first + MOST);
      await this.attempt(async () => {
        this.selection = this.selection.with(await this.ids(first, room));
      });
    } else {
      const id = this.rows.get(to)?.recording_id;
      if (id) this.selection = this.selection.toggle(id);
    }
    this.changed();
  }

  chooseAll(): void {
    if (this.rows.total > 0) this.selection = Selection.all();
    this.changed();
  }

  chooseNone(): void {
    this.selection = new Selection();
    this.changed();
  }

  /** What is chosen, as a command takes it. */
  get what(): What {
    if (!this.selection.isAll) return { recording_ids: [...this.selection.ids] };
    if (this.finder) return { recording_ids: this.finder.hits.map((hit) => hit.recording_id) };
    if (!this.isFiltered) return { everything: true };
    const { filter, asOf } = this.feed;
    return asOf === undefined ? { filter } : { filter, as_of: asOf };
  }

  /** The ids of what is chosen, if there are not too many. */
  chosenIds(): Promise<string[]> {
    return this.selection.isAll
      ? this.ids(0, Math.min(this.rows.total, MOST))
      : Promise.resolve([...this.selection.ids]);
  }

  /** End the protection from expiry. */
  async release(ids: string[]): Promise<void> {
    await this.attempt(async () => {
      this.replace((await this.api.hold(ids, null)).recordings);
    });
  }

  replace(recordings: Recording[]): void {
    for (const recording of recordings) {
      this.feed.replace(recording);
      this.finder?.replace(recording);
    }
    this.changed();
  }

  /** Something was deleted from here. */
  deleted(what: What): void {
    this.selection = new Selection();
    if (this.finder && "recording_ids" in what) this.finder.remove(new Set(what.recording_ids));
    this.changed();
  }

  private opened(): Feed {
    const feed = new Feed(this.api, filterOf(this.choice, this.timeZone), () => {
      if (feed === this.feed) this.changed();
    });
    // What there is to choose from can wait; the list cannot.
    void feed.open().then(() => this.loadFacets());
    return feed;
  }

  private async ids(first: number, last: number): Promise<string[]> {
    if (!this.finder) return this.feed.ids(first, last);
    return this.finder.hits.slice(first, last).map((hit) => hit.recording_id);
  }

  private async loadFacets(): Promise<void> {
    if (performance.now() - this.facetsAt < FACETS_EVERY) return;
    this.facetsAt = performance.now();
    try {
      this.facets = await this.api.facets();
      this.changed();
    } catch {
      // The list says what is wrong; without it there is just less to choose from.
      this.facetsAt = Number.NEGATIVE_INFINITY;
    }
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.failure = undefined;
    try {
      await action();
    } catch (failure) {
      this.failure = failure;
    }
    this.changed();
  }
}
