/** Which recordings are chosen: some, one by one, or all that the filter shows. */

/** As many as a command takes one by one. */
export const MOST = 1000;

export class Selection {
  readonly ids: ReadonlySet<string>;
  readonly isAll: boolean;

  constructor(ids: Iterable<string> = [], isAll = false) {
    this.ids = new Set(ids);
    this.isAll = isAll;
  }

  static all(): Selection {
    return new Selection([], true);
  }

  has(id: string): boolean {
    return this.isAll || this.ids.has(id);
  }

  get isEmpty(): boolean {
    return !this.isAll && this.ids.size === 0;
  }

  get isFull(): boolean {
    return this.ids.size >= MOST;
  }

  count(total: number): number {
    return this.isAll ? total : this.ids.size;
  }

  toggle(id: string): Selection {
    return this.ids.has(id) ? this.without([id]) : this.with([id]);
  }

  /** Choose some more, as far as there is room. */
  with(more: Iterable<string>): Selection {
    const ids = new Set(this.ids);
    for (const id of more) {
      if (ids.size >= MOST) break;
      ids.add(id);
    }
    return new Selection(ids);
  }

  without(gone: Iterable<string>): Selection {
    const ids = new Set(this.ids);
    for (const id of gone) ids.delete(id);
    return new Selection(ids, this.isAll);
  }
}
