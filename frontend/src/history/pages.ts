/** Hold a bounded part of a very long list, and fetch what is wanted of the rest. */

export interface Slice<Row> {
  rows: Row[];
  total: number;
}

interface Page<Row> {
  rows: Row[];
  /** Whether something may have changed since. */
  isStale: boolean;
}

/** Two, so that one that is slow and no longer wanted does not keep all others waiting. */
const MAX_REQUESTS = 2;

export class Pages<Row> {
  total = 0;
  /** Why the last request came to nothing, if it did. */
  failure: unknown;

  /** The page that was wanted last comes last. */
  private readonly pages = new Map<number, Page<Row>>();
  private readonly loading = new Set<number>();
  private wanted: number[] = [];
  private inSight: number[] = [];
  private round = 0;

  private readonly fetch: (offset: number, limit: number) => Promise<Slice<Row>>;
  private readonly changed: () => void;
  readonly size: number;
  private readonly most: number;

  constructor(
    fetch: (offset: number, limit: number) => Promise<Slice<Row>>,
    changed: () => void,
    size = 50,
    most = 12,
  ) {
    this.fetch = fetch;
    this.changed = changed;
    this.size = size;
    this.most = most;
  }

  get(index: number): Row | undefined {
    return this.pages.get(Math.floor(index / this.size))?.rows[index % this.size];
  }

  /** All rows that are held, in no order. */
  *held(): Iterable<Row> {
    for (const page of this.pages.values()) yield* page.rows;
  }

  get heldPages(): number {
    return this.pages.size;
  }

  /** Take in the first page, which came with whatever else was asked. */
  begin(slice: Slice<Row>): void {
    this.total = slice.total;
    this.pages.set(0, { rows: slice.rows, isStale: false });
  }

  /** See to it that some rows will be there; what was wanted before no longer counts. */
  want(first: number, last: number): void {
    if (last <= first) return;
    const from = Math.floor(first / this.size);
    const to = Math.floor((last - 1) / this.size);
    this.inSight = Array.from({ length: to - from + 1 }, (_, step) => from + step);
    for (const number of this.inSight) {
      const page = this.pages.get(number);
      if (page) {
        this.pages.delete(number);
        this.pages.set(number, page);
      }
    }
    const next = (to + 1) * this.size < this.total ? [to + 1] : [];
    this.wanted = [...this.inSight, ...next].filter((number) => this.isDue(number));
    this.pump();
  }

  /** Fetch again what is in sight, and the rest when it is wanted; until then the old is shown. */
  refresh(first?: Slice<Row>): void {
    this.round += 1;
    this.failure = undefined;
    for (const page of this.pages.values()) page.isStale = true;
    if (first) this.begin(first);
    this.loading.clear();
    this.wanted = this.inSight.filter((number) => this.isDue(number));
    this.pump();
  }

  /** Put a row that has changed in the place of what it was. */
  replace(isIt: (row: Row) => boolean, row: Row): void {
    for (const page of this.pages.values()) {
      const at = page.rows.findIndex(isIt);
      if (at >= 0) page.rows[at] = row;
    }
  }

  private isDue(number: number): boolean {
    const page = this.pages.get(number);
    return (!page || page.isStale) && !this.loading.has(number);
  }

  private pump(): void {
    while (this.loading.size < MAX_REQUESTS) {
      const number = this.wanted.shift();
      if (number === undefined) return;
      void this.load(number);
    }
  }

  private async load(number: number): Promise<void> {
    const round = this.round;
    this.loading.add(number);
    try {
      const { rows, total } = await this.fetch(number * this.size, this.size);
      if (round !== this.round) return;
      this.total = total;
      this.failure = undefined;
      this.pages.delete(number);
      this.pages.set(number, { rows, isStale: false });
      this.forget();
    } catch (failure) {
      if (round !== this.round) return;
      this.failure = failure;
      this.wanted = [];
    }
    this.loading.delete(number);
    this.changed();
    this.pump();
  }

  private forget(): void {
    for (const number of this.pages.keys()) {
      if (this.pages.size <= this.most) return;
      if (!this.inSight.includes(number)) this.pages.delete(number);
    }
  }
}
